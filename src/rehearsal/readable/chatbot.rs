//! A custom notification, as AWS Chatbot shows it: title, description, and the
//! next steps below it (AWS Chatbot administrator guide, custom notifications).

use serde_json::Value;

use super::{Lines, list_at, text_at};

pub(in crate::rehearsal) fn text(message: &Value) -> String {
    let mut lines = Lines::default();
    lines.add(text_at(message, "/content/title"));
    lines.add(text_at(message, "/content/description"));
    for step in list_at(message, "/content/nextSteps").iter().filter_map(Value::as_str) {
        lines.add(format!("- {step}"));
    }
    lines.finish()
}
