//! A room for the terminal.

use super::{Message, Room, Thread};
use crate::sim::clock;

/// The room as lines of text: a heading, then every thread with its messages.
pub fn render_room(room: &Room) -> String {
    let mut lines = vec![format!("#{} ({})", plain(&room.channel_name), plain(&room.workspace_name))];
    if room.messages.is_empty() {
        lines.push("  no messages".to_owned());
    }
    for thread in room.threads() {
        lines.push(String::new());
        thread_lines(&thread, &mut lines);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn thread_lines(thread: &Thread<'_>, lines: &mut Vec<String>) {
    for (index, message) in thread.messages.iter().enumerate() {
        let indent = if index == 0 { "  " } else { "      " };
        if let Some(summary) = thread.summary.filter(|_| index == 0) {
            lines.push(format!("{indent}Thread: {}", plain(summary)));
        }
        let told = message_lines(message);
        lines.extend(told.iter().map(|line| format!("{indent}{line}").trim_end().to_owned()));
    }
}

fn message_lines(message: &Message) -> Vec<String> {
    let time = clock::iso_seconds(message.at);
    let mut lines = vec![match message.account.as_str() {
        "" => format!("webhook  {time}"),
        account => format!("AWS  {time}  account {account}"),
    }];
    lines.extend(message.title.as_deref().map(plain));
    lines.extend(message.description.lines().map(plain));
    lines.extend(message.fields.iter().map(|(name, value)| format!("{}: {}", plain(name), plain(value))));
    lines.extend(message.next_steps.iter().map(|step| format!("- {}", plain(step))));
    lines.extend(message.links.iter().map(|link| format!("<{}> {}", plain(&link.label), plain(&link.url))));
    if !message.keywords.is_empty() {
        lines.push(format!(
            "[{}]",
            message.keywords.iter().map(|word| plain(word)).collect::<Vec<_>>().join("] [")
        ));
    }
    lines.extend(message.related_resources.iter().map(|resource| plain(resource)));
    lines
}

/// Text without characters that would command the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
