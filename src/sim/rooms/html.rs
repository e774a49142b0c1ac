//! The rooms as a web page that needs nothing else.

use std::fmt::Write as _;

use super::{Message, Room, Rooms, Thread};
use crate::sim::clock;

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--text:#1d1c1d;--faint:#616061;--line:#ddd;--bar:#1264a3;--chip:#f4ede4}
@media(prefers-color-scheme:dark){:root{--ground:#1a1d21;--text:#e8e8e8;--faint:#ababad;--line:#3c3f44;--bar:#5ab0f0;--chip:#35373b}}
body{background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;border-bottom:1px solid var(--line);padding-bottom:.3rem;margin-top:2rem}
article{border-left:4px solid var(--bar);margin:1rem 0;padding:.2rem 1rem;overflow-wrap:anywhere}
article.reply{margin-left:2rem;border-left-width:2px}
h3{font-size:1rem;margin:.2rem 0}p{margin:.3rem 0;white-space:pre-wrap}ul{margin:.3rem 0;padding-left:1.2rem}
.faint{color:var(--faint);font-size:.85rem}.chip{background:var(--chip);border-radius:.4rem;padding:0 .5rem;margin-right:.4rem}
";

/// The page of all rooms. Everything that came from outside is escaped.
pub fn page(rooms: &Rooms) -> String {
    let mut body = String::new();
    for room in rooms.iter() {
        section(room, &mut body);
    }
    if body.is_empty() {
        body.push_str("<p class=\"faint\">No room has a message yet.</p>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Chat rooms</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Chat rooms</h1>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn section(room: &Room, page: &mut String) {
    let (channel, workspace) = (escaped(&room.channel_name), escaped(&room.workspace_name));
    put(page, format_args!("<section>\n<h2>#{channel} <span class=\"faint\">{workspace}</span></h2>\n"));
    for thread in room.threads() {
        articles(&thread, page);
    }
    page.push_str("</section>\n");
}

fn articles(thread: &Thread<'_>, page: &mut String) {
    if let Some(summary) = thread.summary {
        put(page, format_args!("<p class=\"faint\">Thread: {}</p>\n", escaped(summary)));
    }
    for (index, message) in thread.messages.iter().enumerate() {
        page.push_str(if index == 0 { "<article>\n" } else { "<article class=\"reply\">\n" });
        article(message, page);
        page.push_str("</article>\n");
    }
}

fn article(message: &Message, page: &mut String) {
    let (time, account) = (clock::iso_seconds(message.at), escaped(&message.account));
    put(page, format_args!("<div class=\"faint\"><time>{time}</time> account {account}</div>\n"));
    if let Some(title) = &message.title {
        put(page, format_args!("<h3>{}</h3>\n", escaped(title)));
    }
    put(page, format_args!("<p>{}</p>\n", escaped(&message.description)));
    list(&message.next_steps, page);
    if !message.keywords.is_empty() {
        let chips: String = message
            .keywords
            .iter()
            .map(|word| format!("<span class=\"chip\">{}</span>", escaped(word)))
            .collect();
        put(page, format_args!("<p>{chips}</p>\n"));
    }
    list(&message.related_resources, page);
}

fn list(items: &[String], page: &mut String) {
    if items.is_empty() {
        return;
    }
    let items: String = items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect();
    put(page, format_args!("<ul>{items}</ul>\n"));
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = page.write_fmt(text);
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
