//! Renders a report that was written as JSON in every other form:
//! `cargo run --example render -- report.json folder [history.json [seconds]]`.
//! With `seconds`, the page is one that loads itself again.

use std::error::Error;
use std::fs;
use std::path::Path;

use foghorn::model::Report;
use foghorn::model::moment::Moment;
use foghorn::report::{html, json, junit, markdown, sarif, yaml};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [report, folder, history_and_live @ ..] = arguments.as_slice() else {
        return Err("usage: render report.json folder [history.json [seconds]]".into());
    };
    let report: Report = serde_json::from_str(&fs::read_to_string(report)?)?;
    let history: Vec<Moment> = match history_and_live.first() {
        Some(file) => serde_json::from_str(&fs::read_to_string(file)?)?,
        None => Vec::new(),
    };
    let live = match history_and_live.get(1) {
        Some(seconds) => Some(html::Live {
            refresh_seconds: seconds.parse()?,
            next_sweep: None,
            notes: vec!["This page is a sample.".to_owned()],
        }),
        None => None,
    };
    let folder = Path::new(folder);
    fs::create_dir_all(folder)?;
    for (name, text) in [
        ("report.json", json::render(&report)?),
        ("report.yaml", yaml::render(&report)?),
        ("report.md", markdown::render(&report, markdown::JOB_SUMMARY)),
        ("report.html", html::render(&report, &history, live)?),
        ("report.sarif", sarif::render(&report)?),
        ("report.xml", junit::render(&report)?),
    ] {
        println!("{name} {} bytes", text.len());
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
