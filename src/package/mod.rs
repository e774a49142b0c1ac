//! The package of the notifier: the zip that Lambda runs. Pure but for looking
//! for the program.

mod archive;
mod elf;
mod error;
mod find;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub use error::{PackageError, Warning};
pub use find::{NOTIFIER, NotFound, find_notifier};

use crate::model::notifier::{Architecture, Settings};

/// The largest zip that Lambda takes in a call: 50 MB (AWS Lambda developer
/// guide, quotas).
const MOST_ZIPPED: usize = 50 * 1024 * 1024;

/// The most that a zip may hold: 250 MB (AWS Lambda developer guide, quotas).
const MOST_UNZIPPED: usize = 250 * 1024 * 1024;

/// The program's name in the zip: what a runtime without a language of its own
/// starts (AWS Lambda developer guide, OS-only runtimes).
const BOOTSTRAP: &str = "bootstrap";

/// A function's code as it is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    zip: Vec<u8>,
    architecture: Architecture,
    warnings: Vec<Warning>,
}

impl Package {
    /// Packs a program, and names of accounts as JSON, if any. The same program
    /// and names are always the same bytes, on any machine at any time: so the
    /// package that is in AWS is compared by its hash alone.
    ///
    /// # Errors
    ///
    /// If the program is nothing that Lambda runs, or is too large.
    pub fn of(binary: &[u8], accounts: Option<&str>) -> Result<Self, PackageError> {
        let program = elf::read(binary)?;
        let names = accounts.map(|names| (Settings::ACCOUNTS_FILE, names.as_bytes()));
        let entries: Vec<archive::Entry<'_>> = names
            .into_iter()
            .chain([(BOOTSTRAP, binary)])
            .map(|(name, content)| archive::Entry { name, content })
            .collect();
        within("unzipped", entries.iter().map(|entry| entry.content.len()).sum(), MOST_UNZIPPED)?;
        let zip = archive::zip(&entries)?;
        within("zipped", zip.len(), MOST_ZIPPED)?;
        Ok(Self { zip, architecture: program.architecture, warnings: program.warnings })
    }

    /// The zip.
    pub fn zip(&self) -> &[u8] {
        &self.zip
    }

    /// The hash of the zip in the form of Lambda's `CodeSha256`: base64 of
    /// SHA-256 (service model, `FunctionConfiguration`).
    pub fn code_sha256(&self) -> String {
        STANDARD.encode(Sha256::digest(&self.zip))
    }

    /// The processor that the program is built for.
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// What may keep the program from running in AWS. A local emulator may run
    /// it all the same.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Makes sure that the program is built for this processor.
    ///
    /// # Errors
    ///
    /// If it is built for the other one.
    pub fn must_run_on(&self, asked: Architecture) -> Result<(), PackageError> {
        if self.architecture == asked {
            Ok(())
        } else {
            Err(PackageError::OtherArchitecture { built_for: self.architecture, asked })
        }
    }
}

fn within(form: &'static str, bytes: usize, most: usize) -> Result<(), PackageError> {
    if bytes <= most { Ok(()) } else { Err(PackageError::TooLarge { form, bytes, most }) }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use proptest::prelude::*;
    use zip::ZipArchive;

    use super::*;

    /// The header of a program for 64-bit ARM, of which nothing else is there.
    fn arm_program(rest: &[u8]) -> Vec<u8> {
        let mut program = elf::tests::header(object::elf::EM_AARCH64.0);
        program.extend_from_slice(rest);
        program
    }

    /// One file of a package, as it is unpacked.
    struct Unpacked {
        name: String,
        mode: Option<u32>,
        time: Option<zip::DateTime>,
        content: Vec<u8>,
    }

    fn read(package: &Package) -> Vec<Unpacked> {
        let mut archive = ZipArchive::new(Cursor::new(package.zip())).expect("a zip");
        let unpack = |index| {
            let mut file = archive.by_index(index).expect("an entry");
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("a readable entry");
            let name = file.name().expect("a name").into_owned();
            Unpacked { name, mode: file.unix_mode(), time: file.last_modified(), content }
        };
        let count = ZipArchive::new(Cursor::new(package.zip())).expect("a zip").len();
        (0..count).map(unpack).collect()
    }

    #[test]
    fn a_package_holds_the_program_under_the_name_that_lambda_starts() {
        let program = arm_program(b"code");
        let entries = read(&Package::of(&program, None).unwrap());
        let entry = &entries[0];
        assert_eq!((entry.name.as_str(), entry.mode), ("bootstrap", Some(0o100_755)));
        assert_eq!((&entry.content, entry.time), (&program, Some(zip::DateTime::DEFAULT)));
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn a_package_holds_the_names_of_the_accounts_beside_the_program() {
        let package = Package::of(&arm_program(b""), Some("{}")).unwrap();
        let names: Vec<String> = read(&package).into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["accounts.json", "bootstrap"]);
    }

    #[test]
    fn the_hash_of_a_package_is_the_one_that_lambda_shows() {
        let package = Package { zip: b"abc".to_vec(), architecture: Architecture::Arm64, warnings: vec![] };
        assert_eq!(package.code_sha256(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn a_program_for_another_processor_than_asked_is_refused_by_name() {
        let package = Package::of(&arm_program(b""), None).unwrap();
        assert_eq!(package.must_run_on(Architecture::Arm64), Ok(()));
        let refused = package.must_run_on(Architecture::X86).unwrap_err().to_string();
        assert_eq!(refused, "the notifier is built for arm64, but the function runs on x86_64");
    }

    #[test]
    fn a_package_that_lambda_would_not_take_is_refused_before_the_upload() {
        assert_eq!(within("zipped", MOST_ZIPPED, MOST_ZIPPED), Ok(()));
        let refused = within("zipped", MOST_ZIPPED + 1, MOST_ZIPPED).unwrap_err().to_string();
        assert_eq!(
            refused,
            "the package of the notifier is 50.1 MB zipped, and Lambda takes 50.0 MB: use a release build"
        );
    }

    proptest! {
        #[test]
        fn the_same_program_and_names_are_the_same_package(
            rest in proptest::collection::vec(any::<u8>(), 0..4096),
            names in proptest::option::of(".{0,200}"),
        ) {
            let program = arm_program(&rest);
            let first = Package::of(&program, names.as_deref()).unwrap();
            let second = Package::of(&program.clone(), names.as_deref()).unwrap();
            prop_assert_eq!(&first, &second);
            prop_assert_eq!(&read(&first).pop().unwrap().content, &program);
        }

        #[test]
        fn another_program_is_another_package(first in any::<u32>(), second in any::<u32>()) {
            prop_assume!(first != second);
            let hash = |number: u32| {
                Package::of(&arm_program(&number.to_le_bytes()), None).unwrap().code_sha256()
            };
            prop_assert_ne!(hash(first), hash(second));
        }

        #[test]
        fn no_file_makes_packing_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = Package::of(&bytes, None);
            let _ = Package::of(&arm_program(&bytes), None);
            let mut noise = elf::tests::header(object::elf::EM_X86_64.0);
            for (index, byte) in bytes.iter().enumerate().filter(|(index, _)| (24..64).contains(index)) {
                noise[index] = *byte;
            }
            noise.extend_from_slice(&bytes);
            let _ = Package::of(&noise, None);
        }
    }
}
