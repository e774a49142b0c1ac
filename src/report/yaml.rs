//! The report for programs and people who read YAML: the same document as in
//! JSON.

use serde::Serialize;

use crate::yaml;

/// A report, a rehearsal or a sounding, as YAML with a line end. The same
/// report gives the same bytes. Fails only where a time cannot be written, one
/// beyond the year 9999.
pub fn render(report: &impl Serialize) -> Result<String, yaml::Error> {
    yaml::write(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::{applied, hostile, mixed};
    use crate::report::json;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn the_yaml_is_the_same_document_as_the_json() {
        for report in [mixed(), applied(), hostile()] {
            let as_yaml: Value = yaml::read(&render(&report).expect("a report")).expect("YAML");
            let as_json: Value =
                serde_json::from_str(&json::render(&report).expect("a report")).expect("JSON");
            assert_eq!(as_yaml, as_json);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_as_it_was_written(text in "\\PC{0,60}|[\\x00-\\x7f]{0,30}") {
            let written = render(&text).expect("a text");
            prop_assert_eq!(yaml::read::<String>(&written).expect("YAML"), text);
        }
    }

    #[test]
    fn the_whole_form_is_kept() {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("applied_yaml", render(&applied()).expect("a report"));
        });
    }
}
