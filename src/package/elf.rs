//! What the header of a program says about where it runs.

use object::elf;
use object::endian::LittleEndian;
use object::read::elf::{FileHeader, ProgramHeader, SectionTable};

use super::error::{LibraryVersion, PackageError, Warning};
use crate::model::notifier::Architecture;

/// The glibc of Amazon Linux 2023, which `provided.al2023` is made of (Amazon
/// Linux 2023 user guide, core glibc).
const LIBRARY_OF_RUNTIME: LibraryVersion = LibraryVersion { major: 2, minor: 34 };

/// A version need that has no number of its own, and the glibc that first had
/// it (news of glibc 2.36).
const RELATIVE_RELOCATIONS: (&str, LibraryVersion) =
    ("GLIBC_ABI_DT_RELR", LibraryVersion { major: 2, minor: 36 });

type Header = elf::FileHeader64<LittleEndian>;

/// What a program needs.
#[derive(Debug)]
pub(super) struct Program {
    /// The processor.
    pub architecture: Architecture,
    /// What the runtime may lack.
    pub warnings: Vec<Warning>,
}

/// Reads a program's header and the versions of the C library that it needs.
pub(super) fn read(binary: &[u8]) -> Result<Program, PackageError> {
    if !binary.starts_with(&elf::ELFMAG) {
        return Err(PackageError::NotElf { found: kind(binary) });
    }
    if binary.get(4) == Some(&elf::ELFCLASS32.0) {
        return Err(PackageError::ThirtyTwoBit);
    }
    let header = Header::parse(binary).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    if ![elf::ET_EXEC, elf::ET_DYN].contains(&header.e_type(endian)) {
        return Err(PackageError::NotProgram);
    }
    let architecture = architecture(header.e_machine(endian))?;
    let warnings = warnings(header, binary).map_err(broken)?;
    Ok(Program { architecture, warnings })
}

fn broken(error: object::read::Error) -> PackageError {
    PackageError::Broken(error.to_string())
}

fn architecture(machine: elf::Machine) -> Result<Architecture, PackageError> {
    match machine {
        elf::EM_X86_64 => Ok(Architecture::X86),
        elf::EM_AARCH64 => Ok(Architecture::Arm64),
        other => Err(PackageError::UnknownProcessor { machine: other.0 }),
    }
}

/// What a file is that is no program for Linux, by its first bytes.
fn kind(binary: &[u8]) -> &'static str {
    match binary {
        [] => "an empty file",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => "a program for macOS",
        [b'M', b'Z', ..] => "a program for Windows",
        [b'P', b'K', 3, 4, ..] => "a zip, not the program that goes into one",
        [b'#', b'!', ..] => "a script",
        _ => "not a program",
    }
}

fn warnings(header: &Header, binary: &[u8]) -> object::read::Result<Vec<Warning>> {
    let loader = loader(header, binary)?.filter(|loader| loader.contains("musl"));
    let other = loader.map(|loader| Warning::OtherLibrary { loader });
    let newest = library_needed(header, binary)?.filter(|needs| *needs > LIBRARY_OF_RUNTIME);
    let newer = newest.map(|needs| Warning::NewerLibrary { needs, has: LIBRARY_OF_RUNTIME });
    Ok(other.into_iter().chain(newer).collect())
}

/// The loader that a program asks for; a static one asks for none.
fn loader(header: &Header, binary: &[u8]) -> object::read::Result<Option<String>> {
    for segment in header.program_headers(LittleEndian, binary)? {
        if let Some(path) = segment.interpreter(LittleEndian, binary)? {
            return Ok(Some(String::from_utf8_lossy(path).into_owned()));
        }
    }
    Ok(None)
}

/// The oldest glibc that has all that a program needs; `None` if it needs none.
fn library_needed(header: &Header, binary: &[u8]) -> object::read::Result<Option<LibraryVersion>> {
    let sections: SectionTable<'_, Header> = header.sections(LittleEndian, binary)?;
    let Some((mut needs, link)) = sections.gnu_verneed(LittleEndian, binary)? else { return Ok(None) };
    let strings = sections.strings(LittleEndian, binary, link)?;
    let mut newest = None;
    while let Some((_, mut versions)) = needs.next()? {
        while let Some(version) = versions.next()? {
            newest = newest.max(library_version(version.name(LittleEndian, strings)?));
        }
    }
    Ok(newest)
}

/// The version that a name such as `GLIBC_2.34` stands for.
fn library_version(name: &[u8]) -> Option<LibraryVersion> {
    let name = std::str::from_utf8(name).ok()?;
    if name == RELATIVE_RELOCATIONS.0 {
        return Some(RELATIVE_RELOCATIONS.1);
    }
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.').map(str::parse);
    Some(LibraryVersion { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()? })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The header of a program of 64 bits with nothing behind it.
    pub fn header(machine: u16) -> Vec<u8> {
        let mut header = vec![0; 64];
        header[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
        header[16] = 3;
        header[18..20].copy_from_slice(&machine.to_le_bytes());
        header[20] = 1;
        header[52] = 64;
        header
    }

    fn refusal(binary: &[u8]) -> String {
        read(binary).expect_err("a refusal").to_string()
    }

    #[test]
    fn a_file_that_lambda_can_t_run_is_named_for_what_it_is() {
        for (bytes, words) in [
            (&b""[..], "an empty file"),
            (b"hello\n", "not a program"),
            (b"#!/bin/sh\n", "a script"),
            (&[0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1], "a program for macOS"),
            (&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], "a program for macOS"),
            (b"MZ\x90\0", "a program for Windows"),
            (b"PK\x03\x04", "a zip"),
        ] {
            let refusal = refusal(bytes);
            assert!(refusal.contains(words) && refusal.contains("build it for Linux"), "{refusal}");
        }
    }

    #[test]
    fn a_program_of_32_bits_is_refused_as_such() {
        let mut program = header(elf::EM_ARM.0);
        program[4] = 1;
        assert_eq!(read(&program).err(), Some(PackageError::ThirtyTwoBit));
    }

    #[test]
    fn a_processor_that_lambda_does_not_have_is_refused_as_such() {
        let refusal = refusal(&header(elf::EM_RISCV.0));
        assert!(refusal.contains("x86_64 or arm64") && refusal.contains("243"), "{refusal}");
    }

    #[test]
    fn an_object_file_is_refused_as_no_program() {
        let mut object = header(elf::EM_X86_64.0);
        object[16] = 1;
        assert_eq!(read(&object).err(), Some(PackageError::NotProgram));
    }

    #[test]
    fn a_header_that_was_cut_off_is_refused() {
        assert!(refusal(&header(elf::EM_X86_64.0)[..40]).contains("could not read the notifier"));
    }

    #[test]
    fn a_static_program_runs_with_any_library() {
        for (machine, architecture) in
            [(elf::EM_AARCH64, Architecture::Arm64), (elf::EM_X86_64, Architecture::X86)]
        {
            let program = read(&header(machine.0)).expect("a program");
            assert_eq!((program.architecture, program.warnings.len()), (architecture, 0));
        }
    }

    #[test]
    fn a_program_of_this_machine_is_known_for_its_processor_and_its_library() {
        let own = std::fs::read(std::env::current_exe().expect("this test")).expect("its program");
        let header = Header::parse(&own[..]).expect("a header");
        let needed = library_needed(header, &own).expect("its needs");
        assert!(needed.is_some_and(|needed| needed.major == 2 && needed.minor >= 17), "{needed:?}");
        let program = read(&own).expect("a program");
        assert_eq!(program.architecture.as_str().replace("arm64", "aarch64"), std::env::consts::ARCH);
        assert_eq!(program.warnings.is_empty(), needed <= Some(LIBRARY_OF_RUNTIME));
    }

    #[test]
    fn versions_of_the_library_are_compared_as_numbers() {
        let version = |name: &str| library_version(name.as_bytes());
        assert!(version("GLIBC_2.4") < version("GLIBC_2.34"));
        assert_eq!(version("GLIBC_2.3.4"), Some(LibraryVersion { major: 2, minor: 3 }));
        assert!(version("GLIBC_ABI_DT_RELR") > Some(LIBRARY_OF_RUNTIME));
        assert_eq!((version("GCC_3.0"), version("GLIBC_PRIVATE")), (None, None));
    }

    #[test]
    fn a_warning_says_what_to_do() {
        let needs = LibraryVersion { major: 2, minor: 39 };
        let warning = Warning::NewerLibrary { needs, has: LIBRARY_OF_RUNTIME }.to_string();
        for words in ["needs glibc 2.39", "has 2.34", "statically"] {
            assert!(warning.contains(words), "{warning}");
        }
    }
}
