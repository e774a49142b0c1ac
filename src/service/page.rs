//! The status page: the last report, and how the service stands.

use super::live::Status;
use crate::model::Report;
use crate::model::moment::Moment;
use crate::report::html::{self, HtmlError, Live};

/// After how many seconds the page loads itself again.
const REFRESH_SECONDS: u32 = 30;

/// The page, with the reports before it as a line. Everything from outside is
/// escaped.
///
/// # Errors
/// None that a report can cause.
pub fn render(report: Option<&Report>, history: &[Moment], status: &Status) -> Result<String, HtmlError> {
    let notes = notes(status);
    match report {
        Some(report) => {
            let live = Live { refresh_seconds: REFRESH_SECONDS, next_sweep: status.next_sweep, notes };
            html::render(report, history, Some(live))
        }
        None => Ok(empty(&notes)),
    }
}

/// What stands there before the first sweep is over.
fn empty(notes: &[String]) -> String {
    let notes: String = notes.iter().map(|note| format!("<li>{}</li>\n", escaped(note))).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta \
         http-equiv=\"refresh\" content=\"5\">\n<title>Foghorn</title>\n</head>\n<body>\n<h1>Foghorn</h1>\n<p>The \
         first sweep is not over yet.</p>\n<ul>\n{notes}</ul>\n</body>\n</html>\n"
    )
}

fn notes(status: &Status) -> Vec<String> {
    let mut notes = Vec::new();
    if status.is_ending {
        notes.push(
            "The service is ending: what is in hand is finished, and nothing else is begun.".to_owned(),
        );
    }
    if let Some(problem) = &status.fleet_problem {
        notes.push(format!("The fleet file has changed, and the one before it is still in use: {problem}"));
    }
    if let Some(trouble) = &status.trouble {
        notes.push(format!("The last round had trouble: {trouble}"));
    }
    match status.requeued {
        0 => {}
        1 => notes.push("1 account is looked at again before the next sweep.".to_owned()),
        many => notes.push(format!("{many} accounts are looked at again before the next sweep.")),
    }
    notes
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
    use crate::report::fixtures::mixed;

    fn page(report: Option<&Report>, status: &Status) -> String {
        render(report, &[], status).expect("a page")
    }

    #[test]
    fn the_page_says_when_the_next_sweep_is_due() {
        let next_sweep = Some(time::macros::datetime!(2026-11-21 09:15:00.25 UTC));
        let page = page(Some(&mixed()), &Status { next_sweep, ..Status::default() });
        assert!(page.contains("next sweep 2026-11-21 09:15 UTC"), "{page}");
    }

    #[test]
    fn what_is_wrong_with_the_fleet_file_is_shown_as_text_with_a_report_and_without() {
        let problem = "unknown field `<script>alert(1)</script>`".to_owned();
        let status = Status { fleet_problem: Some(problem), ..Status::default() };
        for report in [None, Some(&mixed())] {
            let page = page(report, &status);
            assert!(page.contains("still in use: unknown field `&lt;script&gt;alert(1)&lt;"), "{page}");
            assert!(!page.contains("<script>alert"));
        }
    }

    #[test]
    fn that_the_fleet_file_can_not_be_used_is_said_once() {
        let problem = "the fleet file can't be used: fleet.yaml:3: unknown field `x`".to_owned();
        let page = page(None, &Status { fleet_problem: Some(problem), ..Status::default() });
        assert_eq!(page.matches("be used").count(), 1, "{page}");
    }

    #[test]
    fn a_service_that_is_well_has_nothing_to_say_before_its_report() {
        assert!(!page(Some(&mixed()), &Status::default()).contains("<ul class=\"live-notes\""));
    }
}
