//! The status page: the last report, and how the service stands.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::live::Status;
use crate::model::Report;
use crate::report::text::{self, Style};

/// The page. Everything from outside is escaped.
pub fn render(report: Option<&Report>, status: &Status) -> String {
    let title = report.map_or("foghorn", |report| report.metadata.fleet.as_str());
    let report = report.map_or_else(
        || "The first sweep is not over yet.".to_owned(),
        |report| text::render(report, &Style { color: false, width: 0, verbose: 0, hyperlinks: false }),
    );
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta http-equiv=\"refresh\" content=\"30\">\n<title>{} – Foghorn</title>\n\
         <style>:root {{ color-scheme: light dark }} body {{ font-family: sans-serif; margin: 1rem }} \
         pre {{ overflow-x: auto }}</style>\n</head>\n<body>\n<h1>{}</h1>\n<ul>\n{}</ul>\n<pre>{}</pre>\n</body>\n</html>\n",
        escaped(title),
        escaped(title),
        standing(status),
        escaped(&report),
    )
}

fn standing(status: &Status) -> String {
    let mode = if status.plan_only { "only looks (--plan-only)" } else { "looks and repairs" };
    let mut lines = vec![format!("Foghorn {mode}.")];
    if status.is_ending {
        lines.push("It is ending: what is in hand is finished.".to_owned());
    }
    lines.push(match status.next_sweep {
        Some(next) => format!("The next sweep is due at {}.", moment(next)),
        None => format!("A sweep is under way: {} accounts are being worked on.", status.in_flight),
    });
    if status.requeued > 0 {
        lines.push(format!("{} accounts are looked at again before that.", status.requeued));
    }
    if let Some(problem) = &status.fleet_problem {
        lines.push(format!("The fleet file can't be used, and the one before it is still in use: {problem}"));
    }
    if let Some(trouble) = &status.trouble {
        lines.push(format!("The last round had trouble: {trouble}"));
    }
    lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect()
}

/// A time as the report has it, `2026-11-21T09:00:00Z`.
fn moment(time: OffsetDateTime) -> String {
    time.truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_when_the_next_sweep_is_due() {
        let next_sweep = Some(time::macros::datetime!(2026-11-21 09:15:00.25 UTC));
        let page = render(None, &Status { next_sweep, ..Status::default() });
        assert!(page.contains("The next sweep is due at 2026-11-21T09:15:00Z."), "{page}");
    }

    #[test]
    fn what_is_wrong_with_the_fleet_file_is_shown_as_text() {
        let problem = "unknown field `<script>alert(1)</script>`".to_owned();
        let page = render(None, &Status { fleet_problem: Some(problem), ..Status::default() });
        assert!(
            page.contains("still in use: unknown field `&lt;script&gt;alert(1)&lt;/script&gt;`"),
            "{page}"
        );
        assert!(!page.contains("<script>"));
    }
}
