//! The JSON Schema of the fleet file, made from its types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::spec::Fleet;

/// What the schema calls itself.
const ID: &str = "https://foghorn.dev/schema/v1alpha1/fleet.json";

/// The JSON Schema (2020-12) of the fleet file, for editors and CI. It refuses
/// unknown fields; what only the fleet as a whole shows, it can't know.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Fleet>();
    schema.insert("$id".to_owned(), ID.into());
    schema.insert("title".to_owned(), "Foghorn fleet file".into());
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{examples, load};

    #[test]
    fn the_schema_is_a_public_interface_that_does_not_change_unseen() {
        insta::assert_json_snapshot!(schema());
    }

    #[test]
    fn every_example_fleet_validates_against_the_schema() {
        let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
        for (name, text) in examples::all() {
            let errors: Vec<_> =
                validator.iter_errors(&load::json(text)).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }

    #[test]
    fn the_schema_refuses_what_is_no_fleet() {
        let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
        let (_, good) = examples::all()[0];
        for (from, to) in [
            ("  regions:", "  region:"),
            ("kind: Fleet", "kind: Fleets"),
            ("\"111111111111\"", "111111111111"),
            ("\"111111111111\"", "\"11111111111\""),
            ("us-east-1", "us-est-1"),
            ("name: breakers", "name: Breakers"),
        ] {
            let bad = load::json(&good.replace(from, to));
            assert!(!validator.is_valid(&bad), "{to}");
        }
    }
}
