use std::path::Path;

use serde_json::{Value, json};
use time::macros::date;

use super::*;
use crate::fleet::parse;

fn types() -> Types {
    types::read(&schema::schema())
}

fn fleet(sample: &Sample) {
    let text = yaml::write(sample).expect("YAML");
    let loaded = parse(&text, "the example", date!(2026 - 11 - 21));
    let loaded = loaded.unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    assert!(loaded.warnings.is_empty(), "{:?}\n{text}", loaded.warnings);
}

#[test]
fn the_page_in_docs_is_what_the_types_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet-file.md");
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let renew = "renew it: cargo run -- schema -o markdown > docs/fleet-file.md";
    let differing =
        page.lines().zip(reference().lines().map(str::to_owned)).find(|(have, want)| have != want);
    assert!(page == reference(), "docs/fleet-file.md differs from the types at {differing:?}; {renew}");
}

#[test]
fn every_type_and_field_says_what_it_means_and_what_leaving_it_out_does() {
    let types = types();
    for one in order(&types) {
        assert!(!one.meaning.is_empty(), "{} says nothing", one.name);
        let Shape::Mapping { choice, fields } = &one.shape else { continue };
        for field in choice.iter().chain(fields) {
            assert!(!words::meaning(field).is_empty(), "{}.{} says nothing", one.name, field.name);
        }
        for field in fields {
            assert!(
                words::absent(&types, field).is_some(),
                "{}.{}: what if it is absent?",
                one.name,
                field.name
            );
        }
    }
}

#[test]
fn every_field_of_every_example_has_a_value_that_the_schema_takes() {
    let (schema, types) = (schema::schema(), types());
    for one in order(&types).into_iter().filter(|one| one.name != ROOT) {
        let alone = json!({ "$ref": format!("#/$defs/{}", one.name), "$defs": schema["$defs"] });
        let validator = jsonschema::validator_for(&alone).expect("a schema");
        for sample in sample::samples(&types, one) {
            let value = serde_json::to_value(&sample).expect("JSON");
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}\n{value:#}", one.name);
            assert!(!has_null(&value), "{}: a field is without an example\n{value:#}", one.name);
        }
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

#[test]
fn the_examples_of_a_whole_file_are_good_fleets_without_warnings() {
    let types = types();
    for sample in sample::samples(&types, &types[ROOT]) {
        fleet(&sample);
    }
    for spec in sample::samples(&types, &types["Spec"]) {
        let head = [("apiVersion", "foghorn.dev/v1alpha1"), ("kind", "Fleet")];
        let head = head.map(|(name, value)| (name.to_owned(), Sample::Value(value.into())));
        let name = ("metadata".to_owned(), Sample::Value(json!({ "name": "acme" })));
        fleet(&Sample::Mapping(head.into_iter().chain([name, ("spec".to_owned(), spec)]).collect()));
    }
}

#[test]
fn every_link_within_the_page_leads_to_a_section() {
    let page = reference();
    let sections: BTreeSet<String> =
        page.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_lowercase).collect();
    let links: Vec<&str> = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 50, "the links are where this test looks for them");
    for link in links {
        assert!(sections.contains(link), "{link} leads nowhere");
    }
}

#[test]
fn the_same_types_give_the_same_page() {
    assert_eq!(reference(), reference());
}
