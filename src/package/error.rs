//! Why a program can't be packed, or may not run.

use std::fmt;

use crate::model::notifier::Architecture;

/// Why a program can't be packed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// It is no program for Linux.
    #[error("the notifier is {found}, and Lambda runs programs for Linux: build it for Linux")]
    NotElf {
        /// What it is instead.
        found: &'static str,
    },
    /// It is for Linux, but nothing that can be started.
    #[error("the notifier is a library or a part of a program, not a program")]
    NotProgram,
    /// It is a program of 32 bits.
    #[error("the notifier is a program of 32 bits, and Lambda runs 64 bits")]
    ThirtyTwoBit,
    /// It is for a processor that Lambda does not have.
    #[error(
        "the notifier is built for a processor that Lambda does not have: build it for x86_64 or arm64 (its ELF \
         header says machine {machine})"
    )]
    UnknownProcessor {
        /// The number of the processor in the ELF header.
        machine: u16,
    },
    /// It is for another processor than the function runs on.
    #[error("the notifier is built for {built_for}, but the function runs on {asked}")]
    OtherArchitecture {
        /// What it is built for.
        built_for: Architecture,
        /// What was asked for.
        asked: Architecture,
    },
    /// Its tables are broken.
    #[error("could not read the notifier as a program for Linux: {0}")]
    Broken(String),
    /// Lambda takes no package of this size.
    #[error(
        "the package of the notifier is {} MB {form}, and Lambda takes {} MB: use a release build",
        megabytes(*bytes),
        megabytes(*most)
    )]
    TooLarge {
        /// Whether zipped or unzipped.
        form: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The most that Lambda takes, in bytes.
        most: usize,
    },
    /// The zip could not be written.
    #[error("could not zip the notifier: {0}")]
    Zip(String),
}

/// Tenths of megabytes, rounded up: one byte too many shows.
fn megabytes(bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024 * 1024);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What may keep a program from running in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// It needs a newer C library than the runtime has.
    NewerLibrary {
        /// The version of glibc that it needs.
        needs: LibraryVersion,
        /// The version that the runtime has.
        has: LibraryVersion,
    },
    /// It is linked to another C library than the runtime has.
    OtherLibrary {
        /// The loader that it asks for.
        loader: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewerLibrary { needs, has } => write!(
                formatter,
                "the notifier needs glibc {needs}, and the runtime provided.al2023 has {has}: it will not start \
                 in AWS; build it statically for a `musl` target, or on a system with glibc {has} or older"
            ),
            Self::OtherLibrary { loader } => write!(
                formatter,
                "the notifier asks for the loader {loader}, which the runtime provided.al2023 does not have: it \
                 will not start in AWS; build it statically, or for a `gnu` target"
            ),
        }
    }
}

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LibraryVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl fmt::Display for LibraryVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}
