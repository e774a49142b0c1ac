//! The reference of the fleet file for people: a page of Markdown, made from
//! the JSON Schema, and so from the types and their comments.

mod head;
mod sample;
#[cfg(test)]
mod tests;
mod types;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::schema;
use crate::yaml;
use head::HEAD;
use sample::Sample;
use types::{Field, Form, ROOT, Shape, Type, Types, Word};

/// The page: what a fleet file looks like, all of its fields at a glance, and a
/// section for each type.
pub fn reference() -> String {
    let types = types::read(&schema::schema());
    let order = order(&types);
    let mut page = HEAD.to_owned();
    page.push_str("\n## All fields\n\n");
    page.push_str(&glance(&types, ROOT, 0, &mut BTreeSet::new()));
    let places = places(&types);
    for one in order {
        page.push_str(&section(&types, one, places.get(&one.name).map(Vec::as_slice).unwrap_or_default()));
    }
    page
}

/// The types that have a section, each after the one that leads to it.
fn order(types: &Types) -> Vec<&Type> {
    fn visit<'a>(types: &'a Types, name: &str, order: &mut Vec<&'a Type>) {
        let Some(one) = types.get(name) else { return };
        if one.only_word().is_some() || order.iter().any(|known| known.name == name) {
            return;
        }
        order.push(one);
        leads(one).for_each(|next| visit(types, next, order));
    }
    let mut order = Vec::new();
    visit(types, ROOT, &mut order);
    order
}

/// The types that a type names.
fn leads(one: &Type) -> impl Iterator<Item = &str> {
    let forms: &[Form] = if let Shape::Forms(forms) = &one.shape { forms } else { &[] };
    let fields = one.fields().filter_map(|field| field.written.named());
    fields.chain(forms.iter().filter_map(|form| form.written.named()))
}

/// Where in the file values of each type stand, as `spec.pipelines[].via`.
fn places(types: &Types) -> BTreeMap<String, Vec<String>> {
    fn visit(types: &Types, name: &str, place: &str, places: &mut BTreeMap<String, Vec<String>>) {
        let known = places.entry(name.to_owned()).or_default();
        if !known.iter().any(|known| known == place) {
            known.push(place.to_owned());
        }
        let Some(one) = types.get(name) else { return };
        for field in one.fields() {
            let dot = if place.is_empty() { "" } else { "." };
            let list = if matches!(field.written, types::Written::List(_)) { "[]" } else { "" };
            let inside = format!("{place}{dot}{}{list}", field.name);
            field.written.named().into_iter().for_each(|next| visit(types, next, &inside, places));
        }
        if let Shape::Forms(forms) = &one.shape {
            let names = forms.iter().filter_map(|form| form.written.named());
            names.for_each(|next| visit(types, next, place, places));
        }
    }
    let mut places = BTreeMap::new();
    visit(types, ROOT, "", &mut places);
    places
}

/// Every field, nested as in the file. A type that stands in several places is
/// unfolded in the first.
fn glance(types: &Types, name: &str, depth: usize, known: &mut BTreeSet<String>) -> String {
    let mut list = String::new();
    let Some(one) = types.get(name).filter(|_| known.insert(name.to_owned())) else { return list };
    for field in one.fields() {
        let written = words::written(types, &field.written);
        let _ = writeln!(list, "{:depth$}- `{}`: {written}", "", field.name, depth = depth * 2);
        let inside = field.written.named().map(|next| glance(types, next, depth + 1, known));
        list.push_str(&inside.unwrap_or_default());
    }
    let forms: &[Form] = if let Shape::Forms(forms) = &one.shape { forms } else { &[] };
    for form in forms {
        let _ = writeln!(list, "{:depth$}- {}", "", words::written(types, &form.written), depth = depth * 2);
        let inside = form.written.named().map(|next| glance(types, next, depth + 1, known));
        list.push_str(&inside.unwrap_or_default());
    }
    list
}

fn section(types: &Types, one: &Type, places: &[String]) -> String {
    let mut text = format!("\n## {}\n\n{}\n", one.name, one.meaning);
    let stands = places.iter().filter(|place| !place.is_empty()).map(|place| format!("`{place}`"));
    let stands = stands.collect::<Vec<_>>().join(", ");
    if !stands.is_empty() {
        let _ = write!(text, "\nStands at {stands}.\n");
    }
    text.push_str(&match &one.shape {
        Shape::Mapping { choice, fields } => mapping(types, choice, fields),
        Shape::Forms(forms) => these_forms(types, forms),
        Shape::Words(words) => these_words(words),
        Shape::Plain(value) => format!("\nWritten as {}.\n", words::written(types, value)),
    });
    text.push_str(&examples(&sample::samples(types, one)));
    text
}

fn mapping(types: &Types, choice: &[Field], fields: &[Field]) -> String {
    let mut text = String::new();
    if !choice.is_empty() {
        let _ = write!(text, "\nExactly one of these:\n\n{}", table(types, choice, true));
    }
    if !choice.is_empty() && !fields.is_empty() {
        text.push_str("\nAnd with it:\n");
    }
    if !fields.is_empty() {
        let _ = write!(text, "\n{}", table(types, fields, false));
    }
    text
}

/// Of a choice, no field is required, and none can be said to be absent.
fn table(types: &Types, fields: &[Field], is_choice: bool) -> String {
    let mut table = if is_choice {
        "| field | type | meaning |\n|---|---|---|\n".to_owned()
    } else {
        "| field | type | absent | meaning |\n|---|---|---|---|\n".to_owned()
    };
    for field in fields {
        let written = words::written(types, &field.written);
        let absent = (!is_choice).then(|| words::absent(types, field).unwrap_or_default());
        let cells = [Some(format!("`{}`", field.name)), Some(written), absent, Some(words::meaning(field))];
        let cells = cells.into_iter().flatten().map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(table, "| {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    table
}

fn these_forms(types: &Types, forms: &[Form]) -> String {
    let line = |form: &Form| match form.meaning.as_str() {
        "" => format!("- {}\n", words::written(types, &form.written)),
        meaning => format!("- {}: {meaning}\n", words::written(types, &form.written)),
    };
    format!("\nEither of these:\n\n{}", forms.iter().map(line).collect::<String>())
}

/// Words that need no explanation stand in one line.
fn these_words(words: &[Word]) -> String {
    if words.iter().all(|word| word.meaning.is_empty()) {
        let list: Vec<String> = words.iter().map(|word| format!("`{}`", word.text)).collect();
        return format!("\nOne of {}.\n", list.join(", "));
    }
    let line = |word: &Word| format!("| `{}` | {} |\n", word.text, word.meaning.replace('|', "\\|"));
    format!("\n| value | meaning |\n|---|---|\n{}", words.iter().map(line).collect::<String>())
}

/// Examples in YAML, one after the other.
fn examples(samples: &[Sample]) -> String {
    let written: Vec<String> = samples.iter().filter_map(|sample| yaml::write(sample).ok()).collect();
    if written.is_empty() {
        return String::new();
    }
    format!("\n```yaml\n{}```\n", written.join("# or\n"))
}
