//! The report in every form, as the shell gets it.

use serde_json::Value;

use super::support::{PIPELINE, Run, Stage};

/// One service without a breaker, and nothing built yet.
fn stage() -> Stage {
    Stage::with_service()
}

#[test]
fn every_form_of_the_report_is_written_with_the_same_exit_code() {
    let stage = stage();
    for (form, begins) in [
        ("yaml", "apiVersion: foghorn.dev/v1alpha1\nkind: Report\n"),
        ("markdown", "## ❌ acme: the only account has drift or findings.\n"),
        ("html", "<!doctype html>\n<html lang=\"en\">"),
        ("sarif", "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\""),
        ("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"foghorn acme\""),
    ] {
        let run = stage.run(PIPELINE, &["plan", "-o", form]).ended(2);
        assert!(run.stdout.starts_with(begins), "{form}: {:.300}", run.stdout);
        assert!(run.stdout.contains("breakerDisabled"), "{form}");
        assert!(run.stdout.ends_with('\n') && !run.stdout.ends_with("\n\n"), "{form}");
    }
}

#[test]
fn yaml_and_json_are_one_document() {
    let stage = stage();
    // Without a memory, the second plan knows nothing of the first one.
    let fleet = format!("{PIPELINE}  store: none\n");
    let plan = |form: &str| stage.run(&fleet, &["plan", "-o", form]).stdout;
    let yaml: Value = serde_yaml::from_str(&plan("yaml")).expect("YAML");
    let json: Value = serde_json::from_str(&plan("json")).expect("JSON");
    for member in ["summary", "passes"] {
        let without_time = |document: &Value| {
            let text = document[member].to_string();
            text.split("lastTransitionTime")
                .map(|part| part.get(23..).unwrap_or(part).to_owned())
                .collect::<String>()
        };
        assert_eq!(without_time(&yaml), without_time(&json), "{member}");
    }
}

#[test]
fn an_apply_tells_its_outcome_in_every_form() {
    let stage = stage();
    let run = stage.run(PIPELINE, &["apply", "--yes", "-o", "markdown"]).ended(2);
    assert!(run.stdout.contains("+ Rule foghorn-deploys in ap-northeast-2, applied"), "{}", run.stdout);
}

#[test]
fn a_form_that_a_command_lacks_is_refused_before_anything_is_done() {
    let stage = stage();
    stage.forget_calls();
    for form in ["table", "markdown", "html", "sarif", "junit"] {
        for arguments in [&["sound", "-o", form][..], &["report", "--list", "-o", form]] {
            let run = stage.run(PIPELINE, arguments).ended(1);
            let refused = run.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
            assert!(refused.contains(form), "{form} is named: {}", run.stderr);
            assert!(run.stderr.contains("choose -o text, json or yaml"), "{}", run.stderr);
            assert_eq!(run.stdout, "");
        }
    }
    assert_eq!(stage.writes(), Vec::<String>::new());
    let tried = stage.run(PIPELINE, &["test-event", "--sample", "all", "-o", "html"]).ended(1);
    assert!(tried.stderr.contains("choose -o text, json or yaml"), "{}", tried.stderr);
    let yaml = stage.run(PIPELINE, &["test-event", "--sample", "all", "-o", "yaml"]).ended(0);
    assert!(yaml.stdout.contains("kind: TestEventList"), "{:.300}", yaml.stdout);
}

#[test]
fn metrics_behind_a_document_that_they_would_spoil_are_refused_before_anything_is_done() {
    let stage = stage();
    stage.forget_calls();
    for form in ["yaml", "markdown", "html", "sarif", "junit"] {
        let run = stage.run(PIPELINE, &["plan", "-o", form, "--metrics", "emf"]).ended(1);
        assert!(run.stderr.contains("would spoil a document of this form"), "{}", run.stderr);
    }
    assert_eq!(stage.simulator.record.total(), 0);
    let run = stage.run(PIPELINE, &["plan", "--metrics", "emf"]).ended(2);
    assert!(run.stdout.lines().last().is_some_and(|line| line.starts_with('{')), "{}", run.stdout);
}

#[test]
fn a_report_that_a_pipeline_wrote_is_shown_again_in_any_form_without_aws_and_store() {
    let stage = stage();
    let run = stage.run(&format!("{PIPELINE}  store: none\n"), &["plan", "-o", "json"]).ended(2);
    let file = stage.fleet(PIPELINE).with_file_name("report.json");
    std::fs::write(&file, &run.stdout).expect("a file");
    let file = file.display().to_string();
    for (form, begins) in [("markdown", "## "), ("html", "<!doctype html>"), ("junit", "<?xml")] {
        let shown = stage.run(PIPELINE, &["report", "--from", &file, "-o", form]).ended(2);
        assert!(shown.stdout.starts_with(begins), "{form}: {:.200}", shown.stdout);
        assert!(shown.stdout.contains("breakerDisabled"), "{form}");
    }
    let mut command = stage.command(PIPELINE, &["report", "--from", "-", "-o", "markdown"]);
    command.stdin(std::fs::File::open(&file).expect("a file"));
    let piped = Run::of(command.output().expect("the binary runs")).ended(2);
    assert!(piped.stdout.starts_with("## "), "{:.200}", piped.stdout);
    std::fs::write(&file, "{}").expect("a file");
    let refused = stage.run(PIPELINE, &["report", "--from", &file]).ended(1);
    assert!(refused.stderr.contains("could not read a report from"), "{}", refused.stderr);
}
