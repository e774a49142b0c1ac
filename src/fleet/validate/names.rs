//! Texts that must keep to the letters and lengths that AWS allows.

use crate::model::{AccountId, Region};

/// Why a text is no name of ours: lower-case letters, digits and hyphens, from
/// 1 to `longest`.
pub(super) fn name(text: &str, longest: usize) -> Result<(), String> {
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    of(text, "name", 1, longest, allowed, "lower-case letters, digits and hyphens")
}

/// Why a text is not made of so many allowed characters.
pub(super) fn of(
    text: &str,
    what: &str,
    shortest: usize,
    longest: usize,
    allowed: impl Fn(char) -> bool,
    allowed_are: &str,
) -> Result<(), String> {
    length(text, what, shortest, longest)?;
    match text.chars().find(|character| !allowed(*character)) {
        Some(character) => {
            Err(format!("`{character}` may not be in a {what}, which takes {allowed_are} only: `{text}`"))
        }
        None => Ok(()),
    }
}

/// Why a text is too short or too long, in characters.
pub(super) fn length(text: &str, what: &str, shortest: usize, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        0 if shortest > 0 => Err(format!("the {what} is empty")),
        length if length < shortest => {
            Err(format!("the {what} is too short: {length} of at least {shortest} characters"))
        }
        length if length > longest => {
            Err(format!("the {what} is too long: {length} of at most {longest} characters"))
        }
        _ => Ok(()),
    }
}

/// Why a text is no glob over the names of ECS clusters or services, which are
/// up to 255 letters, digits, underscores and hyphens (Amazon ECS API
/// reference, CreateCluster and CreateService).
pub(super) fn ecs_glob(text: &str, what: &str) -> Result<(), String> {
    if text.contains("**") {
        return Err(format!("`{text}`: one `*` already stands for any text"));
    }
    if text.starts_with("arn:") {
        return Err(format!("`{text}` is an ARN: give the {what}'s name"));
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '*');
    let what = format!("{what} name");
    of(text, &what, 1, 255, allowed, "letters, digits, hyphens and underscores, and `*` for any text")
}

/// Whether it is the ARN of a standard topic. A topic's name is up to 256 letters, digits, hyphens and underscores
/// (Amazon SNS API reference, CreateTopic).
pub(super) fn is_topic(arn: &str) -> bool {
    let ["arn", partition, "sns", region, account, name] = arn.split(':').collect::<Vec<_>>()[..] else {
        return false;
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ["aws", "aws-cn", "aws-us-gov"].contains(&partition)
        && region.parse::<Region>().is_ok()
        && account.parse::<AccountId>().is_ok()
        && (1..=256).contains(&name.len())
        && name.bytes().all(letters)
}
