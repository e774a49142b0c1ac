//! Renders a report that was written as JSON in every other form:
//! `cargo run --example render -- report.json folder [history.json]`.

use std::error::Error;
use std::fs;
use std::path::Path;

use foghorn::model::Report;
use foghorn::model::moment::Moment;
use foghorn::report::{html, json, junit, markdown, sarif, yaml};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [report, folder, history @ ..] = arguments.as_slice() else {
        return Err("usage: render report.json folder [history.json]".into());
    };
    let report: Report = serde_json::from_str(&fs::read_to_string(report)?)?;
    let history: Vec<Moment> = match history.first() {
        Some(file) => serde_json::from_str(&fs::read_to_string(file)?)?,
        None => Vec::new(),
    };
    let folder = Path::new(folder);
    fs::create_dir_all(folder)?;
    for (name, text) in [
        ("report.json", json::render(&report)?),
        ("report.yaml", yaml::render(&report)?),
        ("report.md", markdown::render(&report, markdown::JOB_SUMMARY)),
        ("report.html", html::render(&report, &history, None)?),
        ("report.sarif", sarif::render(&report)?),
        ("report.xml", junit::render(&report)?),
    ] {
        println!("{name} {} bytes", text.len());
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
