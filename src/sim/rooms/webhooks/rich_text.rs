//! Slack's rich text: blocks whose texts hold no markup ("Rich text block", Block
//! Kit reference).

use serde_json::Value;

use crate::sim::members::list;
use crate::sim::rooms::Link;

/// How deep lists may be indented.
const DEEPEST: u64 = 8;

/// The lines of a block, and the links in them; `None` if Slack would refuse it.
pub(super) fn lines(block: &Value, links: &mut Vec<Link>) -> Option<Vec<String>> {
    let elements = block["elements"].as_array().filter(|elements| !elements.is_empty())?;
    let mut lines = Vec::new();
    for element in elements {
        match element["type"].as_str()? {
            "rich_text_section" | "rich_text_quote" | "rich_text_preformatted" => {
                lines.push(line(element, links)?)
            }
            "rich_text_list" => items(element, &mut lines, links)?,
            _ => return None,
        }
    }
    Some(lines)
}

fn items(listed: &Value, lines: &mut Vec<String>, links: &mut Vec<Link>) -> Option<()> {
    let indent = listed["indent"].as_u64().unwrap_or(0);
    let has_style = matches!(listed["style"].as_str()?, "bullet" | "ordered");
    let items = list(listed.get("elements"));
    if !has_style || indent > DEEPEST || items.is_empty() {
        return None;
    }
    for item in items.iter() {
        let indent = "  ".repeat(usize::try_from(indent).unwrap_or_default());
        lines.push(format!(
            "{indent}• {}",
            line(item, links).filter(|_| item["type"] == "rich_text_section")?
        ));
    }
    Some(())
}

fn line(section: &Value, links: &mut Vec<Link>) -> Option<String> {
    let mut line = String::new();
    for element in section["elements"].as_array()? {
        let text = element["text"].as_str();
        match element["type"].as_str()? {
            "text" => line.push_str(text.filter(|text| !text.is_empty())?),
            "link" => {
                let url = element["url"].as_str().filter(|url| !url.is_empty())?;
                let label = text.unwrap_or(url);
                line.push_str(label);
                links.push(Link { label: label.to_owned(), url: url.to_owned() });
            }
            "emoji" => line.push_str(&format!(":{}:", element["name"].as_str()?)),
            "broadcast" => line.push_str(&format!("@{}", element["range"].as_str()?)),
            "user" => line.push_str(&format!("@{}", element["user_id"].as_str()?)),
            "usergroup" => line.push_str(&format!("@{}", element["usergroup_id"].as_str()?)),
            "channel" => line.push_str(&format!("#{}", element["channel_id"].as_str()?)),
            "date" | "color" => {}
            _ => return None,
        }
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(elements: Value) -> Option<(Vec<String>, usize)> {
        let mut links = Vec::new();
        let lines = lines(&json!({ "type": "rich_text", "elements": elements }), &mut links)?;
        Some((lines, links.len()))
    }

    #[test]
    fn rich_text_is_read_line_by_line_and_its_marks_are_text() {
        let section = |text: &str| json!({ "type": "rich_text_section", "elements": [{ "type": "text", "text": text }] });
        let link = json!({ "type": "rich_text_section", "elements": [{ "type": "link", "url": "https://a.example", "text": "a" }] });
        let list = json!({ "type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [link] });
        let read_lines = read(json!([section("<!here> *b*"), list])).expect("rich text");
        assert_eq!(read_lines, (vec!["<!here> *b*".to_owned(), "  • a".to_owned()], 1));
    }

    #[test]
    fn rich_text_that_is_not_as_documented_is_refused() {
        let text = |text: &str| json!([{ "type": "rich_text_section", "elements": [{ "type": "text", "text": text }] }]);
        for elements in [
            json!([]),
            text(""),
            json!([{ "type": "section" }]),
            json!([{ "type": "rich_text_list", "elements": [] }]),
            json!([{ "type": "rich_text_list", "style": "bullet", "elements": text("a")[0]["elements"] }]),
            json!([{ "type": "rich_text_list", "style": "bullet", "indent": 9, "elements": text("a") }]),
        ] {
            assert_eq!(read(elements.clone()), None, "{elements}");
        }
    }
}
