//! The rooms as a web page that needs nothing else.

use std::fmt::Write as _;

use super::{Link, Message, Room, RoomKind, Rooms, Thread};
use crate::sim::clock;

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--text:#1d1c1d;--faint:#616061;--line:#ddd;--bar:#1264a3;--chip:#f4ede4}
@media(prefers-color-scheme:dark){:root{--ground:#1a1d21;--text:#e8e8e8;--faint:#ababad;--line:#3c3f44;--bar:#5ab0f0;--chip:#35373b}}
body{background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;border-bottom:1px solid var(--line);padding-bottom:.3rem;margin-top:2rem}
article{border-left:4px solid var(--bar);margin:1rem 0;padding:.2rem 1rem;overflow-wrap:anywhere}
section.slack{--bar:#8d4a91}section.googlechat{--bar:#188038}section.teams{--bar:#5b5fc7}
article.card{border:1px solid var(--line);border-left:4px solid var(--bar);border-radius:.5rem;padding:.6rem 1rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.4rem 1rem;margin:.5rem 0}
dt{color:var(--faint);font-size:.85rem}dd{margin:0;white-space:pre-wrap}
a.button{display:inline-block;border:1px solid var(--bar);border-radius:.4rem;color:inherit;padding:.1rem .7rem;margin:.2rem .4rem .2rem 0;text-decoration:none}
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
    let class = class(room.kind);
    put(
        page,
        format_args!(
            "<section class=\"{class}\">\n<h2>#{channel} <span class=\"faint\">{workspace}</span></h2>\n"
        ),
    );
    if room.messages.is_empty() {
        page.push_str("<p class=\"faint\">No message yet.</p>\n");
    }
    for thread in room.threads() {
        articles(&thread, room.kind, page);
    }
    page.push_str("</section>\n");
}

fn class(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Chatbot => "chatbot",
        RoomKind::Slack => "slack",
        RoomKind::GoogleChat => "googlechat",
        RoomKind::Teams => "teams",
    }
}

fn articles(thread: &Thread<'_>, kind: RoomKind, page: &mut String) {
    if let Some(summary) = thread.summary {
        put(page, format_args!("<p class=\"faint\">Thread: {}</p>\n", escaped(summary)));
    }
    for (index, message) in thread.messages.iter().enumerate() {
        let card = if kind == RoomKind::Chatbot { "" } else { "card " };
        let reply = if index == 0 { "" } else { "reply" };
        put(page, format_args!("<article class=\"{card}{reply}\">\n"));
        article(message, page);
        page.push_str("</article>\n");
    }
}

fn article(message: &Message, page: &mut String) {
    let time = clock::iso_seconds(message.at);
    let sender = match message.account.as_str() {
        "" => "webhook".to_owned(),
        account => format!("account {}", escaped(account)),
    };
    put(page, format_args!("<div class=\"faint\"><time>{time}</time> {sender}</div>\n"));
    if let Some(title) = &message.title {
        put(page, format_args!("<h3>{}</h3>\n", escaped(title)));
    }
    if !message.description.is_empty() {
        put(page, format_args!("<p>{}</p>\n", escaped(&message.description)));
    }
    fields(&message.fields, page);
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
    for link in &message.links {
        button(link, page);
    }
}

fn fields(fields: &[(String, String)], page: &mut String) {
    if fields.is_empty() {
        return;
    }
    let rows: String = fields
        .iter()
        .map(|(name, value)| format!("<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value)))
        .collect();
    put(page, format_args!("<dl>{rows}</dl>\n"));
}

/// A link as a button. What is no web address, a script say, is shown as text.
fn button(link: &Link, page: &mut String) {
    let (label, url) = (escaped(&link.label), escaped(&link.url));
    if link.url.starts_with("https://") || link.url.starts_with("http://") {
        put(page, format_args!("<a class=\"button\" rel=\"noreferrer\" href=\"{url}\">{label}</a>\n"));
    } else {
        put(page, format_args!("<span class=\"faint\">{label}: {url}</span>\n"));
    }
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
