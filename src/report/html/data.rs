//! The page's data: what the script builds rows from, in as few bytes as will
//! do.
//!
//! Texts stand once, and rows name them by number. An address of the console
//! is a text with places for the Region, the account and the parts of the name,
//! which thousands of services share.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::findings::{Row, row};
use super::map;
use crate::model::{Pass, Report};
use crate::report::worst;

/// How many bytes the rows of accounts, and those of findings, may take. With
/// what the page shows by itself, that keeps it below 10 MB.
const ACCOUNTS: usize = 2_000_000;
const FINDINGS: usize = 6_000_000;

/// Texts by number, in the order in which they came.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, usize>,
    texts: Vec<String>,
    bytes: usize,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len();
        // Escaped, a character may take six bytes.
        self.bytes += text.chars().map(width).sum::<usize>() + 3;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }
}

/// How many bytes a character takes in the page.
fn width(character: char) -> usize {
    match character {
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
        '"' | '\\' | '\n' => 2,
        other => other.len_utf8(),
    }
}

#[derive(Serialize)]
struct Data {
    locations: Vec<String>,
    accounts: Vec<Value>,
    /// How many accounts had no room.
    hidden_accounts: usize,
    findings: Vec<Value>,
    /// How many findings had no room.
    hidden_findings: usize,
    texts: Vec<String>,
}

/// The data as JSON that nothing in it can take out of its element.
pub(super) fn of(report: &Report) -> Result<String, serde_json::Error> {
    let mut texts = Texts::default();
    let locations = map::locations(report);
    let rows = map::rows(report, &locations);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut accounts, mut used) = (Vec::new(), 0);
    for (pass, cells) in &rows {
        let account = account(pass, cells, &mut texts);
        used += account.to_string().len();
        if used + texts.bytes > ACCOUNTS {
            break;
        }
        numbers.insert(pass.account.id.as_str(), accounts.len());
        accounts.push(account);
    }
    let (findings, hidden_findings) = findings(report, &numbers, &mut texts);
    let data = Data {
        locations: locations.iter().map(ToString::to_string).collect(),
        hidden_accounts: rows.len() - accounts.len(),
        accounts,
        findings,
        hidden_findings,
        texts: texts.texts,
    };
    Ok(contained(&serde_json::to_string(&data)?))
}

/// `[id, name, labels, cells]`.
fn account(pass: &Pass, cells: &[map::Cell], texts: &mut Texts) -> Value {
    let labels: Vec<usize> = map::labels(pass).iter().map(|label| texts.number(label)).collect();
    let cells: Vec<String> = cells.iter().map(|cell| cell.letter()).collect();
    json!([pass.account.id, super::name(&pass.account.name), labels, texts.number(&cells.join(","))])
}

/// `[account, tone, check, location, subject, message, url, age, evidence]`, the
/// worst first, as many as have room.
fn findings(report: &Report, accounts: &BTreeMap<&str, usize>, texts: &mut Texts) -> (Vec<Value>, usize) {
    let all = worst::findings(report);
    let (mut rows, mut used) = (Vec::new(), 0);
    for (pass, found) in &all {
        let Some(account) = accounts.get(pass.account.id.as_str()) else { continue };
        let shown = row(pass, found, report);
        let finding = finding(*account, &shown, texts);
        used += finding.to_string().len() + 1;
        if used + texts.bytes > FINDINGS {
            break;
        }
        rows.push(finding);
    }
    let hidden = all.len() - rows.len();
    (rows, hidden)
}

fn finding(account: usize, row: &Row, texts: &mut Texts) -> Value {
    let url = row.url.as_deref().map(|url| texts.number(&template(url, row)));
    let age = row.age.as_deref().map(|age| texts.number(age));
    json!([
        account,
        texts.number(row.tone),
        texts.number(&row.check),
        texts.number(&row.location),
        texts.number(&row.subject),
        texts.number(&row.message),
        url,
        age,
        texts.number(&row.evidence),
    ])
}

/// An address with places for what differs from row to row: `{r}` the Region,
/// `{a}` the account, `{0}`, `{1}` … the parts of the subject.
fn template(url: &str, row: &Row) -> String {
    let parts = row.subject.split('/').enumerate().filter(|(_, part)| is_plain(part));
    let template = parts.fold(url.to_owned(), |template, (index, part)| {
        template.replace(&format!("/{part}/"), &format!("/{{{index}}}/"))
    });
    template.replace(&row.location, "{r}").replace(&row.id, "{a}")
}

/// Whether a part of a name looks the same in an address, and like no place.
fn is_plain(part: &str) -> bool {
    part.len() > 1
        && part.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

/// JSON in which nothing can end the element that it stands in, or begin
/// another (HTML Standard, restrictions for contents of script elements).
fn contained(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{hostile, mixed, thousand_breakers};

    /// What the script does with a template.
    fn filled(template: &str, row: &Row) -> String {
        let parts = row.subject.split('/').enumerate();
        let url =
            parts.fold(template.to_owned(), |url, (index, part)| url.replace(&format!("{{{index}}}"), part));
        url.replace("{r}", &row.location).replace("{a}", &row.id)
    }

    #[test]
    fn an_address_is_the_same_after_its_places_are_filled() {
        for report in [mixed(), hostile(), thousand_breakers()] {
            for (pass, finding) in worst::findings(&report) {
                let row = row(pass, finding, &report);
                if let Some(url) = &row.url {
                    assert_eq!(&filled(&template(url, &row), &row), url);
                }
            }
        }
    }

    #[test]
    fn a_thousand_services_share_one_address_and_one_sentence() {
        let data = of(&thousand_breakers()).expect("data");
        assert_eq!(data.matches("/services/{1}/health").count(), 1);
        assert_eq!(data.matches("neither notices").count(), 1);
    }

    #[test]
    fn nothing_in_the_data_can_end_its_element() {
        let data = of(&hostile()).expect("data");
        assert!(!data.contains(['<', '>', '&']), "{data}");
        assert!(serde_json::from_str::<Value>(&data).is_ok());
    }
}
