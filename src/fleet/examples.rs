//! The example fleets that users copy, for tests.

use time::macros::date;

use super::load::parse;

/// The example of an organisation, with its name.
pub(super) const ORGANISATION: (&str, &str) =
    ("org-slack-chatbot.yaml", include_str!("../../manifests/fleets/org-slack-chatbot.yaml"));

/// Each example with its name.
pub(super) fn all() -> [(&'static str, &'static str); 7] {
    [
        ("breakers.yaml", include_str!("../../manifests/fleets/breakers.yaml")),
        ("google-chat-lambda.yaml", include_str!("../../manifests/fleets/google-chat-lambda.yaml")),
        ("slack-api-destination.yaml", include_str!("../../manifests/fleets/slack-api-destination.yaml")),
        ("slack-lambda.yaml", include_str!("../../manifests/fleets/slack-lambda.yaml")),
        ("slack-chatbot.yaml", include_str!("../../manifests/fleets/slack-chatbot.yaml")),
        ("report-rooms.yaml", include_str!("../../manifests/fleets/report-rooms.yaml")),
        ORGANISATION,
    ]
}

#[test]
fn every_example_fleet_is_good_and_raises_no_warning() {
    for (name, text) in all() {
        let loaded = parse(text, name, date!(2026 - 11 - 21));
        assert_eq!(loaded.map(|loaded| loaded.warnings), Ok(Vec::new()));
    }
}
