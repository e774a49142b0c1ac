//! Where reports are kept, as a fleet file writes it.

use std::path::PathBuf;
use std::str::FromStr;

/// Where reports are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// Nowhere: `none`.
    Nowhere,
    /// In a folder: `file:.foghorn`, relative to the working directory, or
    /// `file:///srv/foghorn`.
    Folder(PathBuf),
    /// In a bucket of Amazon S3: `s3://bucket/prefix`.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// What the keys begin with, without a slash at either end; may be empty.
        prefix: String,
    },
    /// In Google Cloud Storage (`gs://bucket/prefix`) or in Azure Blob Storage
    /// (`az://container/prefix`): the whole address.
    Elsewhere(String),
}

/// Why a text says no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidStoreAddress(String);

/// Every form, for those who wrote none of them.
const FORMS: &str = "write file:FOLDER, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, or none to keep nothing";

impl FromStr for StoreAddress {
    type Err = InvalidStoreAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |why: String| InvalidStoreAddress(why);
        let Some((scheme, rest)) = text.split_once(':') else {
            return match text {
                "none" => Ok(Self::Nowhere),
                _ => Err(refused(format!("`{text}` does not say where reports are kept: {FORMS}"))),
            };
        };
        match scheme {
            "file" => folder(rest).map(Self::Folder).map_err(refused),
            "s3" => {
                let (bucket, prefix) = bucket(rest).map_err(refused)?;
                s3_bucket(bucket).map_err(refused)?;
                Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
            }
            "gs" | "az" => bucket(rest).map(|_| Self::Elsewhere(text.to_owned())).map_err(refused),
            _ => Err(refused(format!(
                "reports can't be kept at an address that begins with {scheme}: {FORMS}"
            ))),
        }
    }
}

/// `rest` is what stands behind `file:`.
fn folder(rest: &str) -> Result<PathBuf, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err("the folder is missing: write file:.foghorn or file:///srv/foghorn".to_owned());
    }
    if rest.starts_with("//") && !path.starts_with('/') {
        return Err(format!("`{path}` would be a host's name there: write file:{path} or file:///{path}"));
    }
    if path.starts_with('~') {
        return Err("`~` stands for no folder here: write the folder out".to_owned());
    }
    Ok(PathBuf::from(path))
}

/// The bucket and the prefix; `rest` is what stands behind the scheme's colon.
fn bucket(rest: &str) -> Result<(&str, &str), String> {
    let rest = rest.strip_prefix("//").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    if bucket.is_empty() {
        return Err(format!("the bucket is missing: {FORMS}"));
    }
    let is_good = |part: &str| {
        let is_name = part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.=".contains(letter));
        is_name && !matches!(part, "" | "." | "..")
    };
    match prefix.split('/').find(|part| !is_good(part)) {
        Some(part) if !prefix.is_empty() => Err(format!(
            "`{part}` can't be part of the prefix, which takes letters, digits and any of -_.= between slashes"
        )),
        _ => Ok((bucket, prefix)),
    }
}

/// The letters and length are those of the Amazon S3 user guide, general purpose
/// bucket naming rules.
fn s3_bucket(name: &str) -> Result<(), String> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let allowed = name.chars().all(|letter| is_letter(letter) || matches!(letter, '-' | '.'));
    if (3..=63).contains(&name.len()) && allowed && name.starts_with(is_letter) && name.ends_with(is_letter) {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at \
         either end"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_read() {
        let s3 =
            |bucket: &str, prefix: &str| StoreAddress::S3 { bucket: bucket.into(), prefix: prefix.into() };
        for (text, address) in [
            ("none", StoreAddress::Nowhere),
            ("file:.foghorn", StoreAddress::Folder(".foghorn".into())),
            ("file:/srv/foghorn", StoreAddress::Folder("/srv/foghorn".into())),
            ("file:///srv/foghorn", StoreAddress::Folder("/srv/foghorn".into())),
            ("s3://acme-reports", s3("acme-reports", "")),
            ("s3://acme-reports/", s3("acme-reports", "")),
            ("s3://acme.reports/sre/foghorn/", s3("acme.reports", "sre/foghorn")),
            ("gs://acme/foghorn", StoreAddress::Elsewhere("gs://acme/foghorn".into())),
            ("az://acme/foghorn", StoreAddress::Elsewhere("az://acme/foghorn".into())),
        ] {
            assert_eq!(text.parse(), Ok(address), "{text}");
        }
    }

    #[test]
    fn what_says_no_place_is_met_with_what_would() {
        for (text, told) in [
            (".foghorn", "write file:FOLDER"),
            ("", "write file:FOLDER"),
            ("file:", "the folder is missing"),
            ("file://srv/foghorn", "write file:srv/foghorn or file:///srv/foghorn"),
            ("file:~/foghorn", "write the folder out"),
            ("s3:", "the bucket is missing"),
            ("s3:///prefix", "the bucket is missing"),
            ("s3://Acme", "lower-case"),
            ("s3://ab", "3 to 63"),
            ("s3://acme/a//b", "can't be part of the prefix"),
            ("s3://acme/../b", "`..` can't be part"),
            ("gs://acme/a?b", "`a?b` can't be part"),
            ("https://acme.s3.amazonaws.com", "begins with https: write file:FOLDER"),
        ] {
            let refusal = text.parse::<StoreAddress>().expect_err(text).to_string();
            assert!(refusal.contains(told), "{text}: {refusal}");
        }
    }
}
