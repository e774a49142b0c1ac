//! What a run tells besides its report: figures for CloudWatch, spans and
//! metrics for a collector, a log for programs.

use std::net::TcpListener;

use foghorn::sim::faults::{Effect, Fault};
use serde_json::Value;

use super::collector::{Collector, attribute};
use super::served::Served;
use super::support::{BREAKERS, DEV, PIPELINE, Run, Stage, one_region};

fn fleet() -> String {
    one_region(PIPELINE)
}

/// A plan with these variables in its environment.
fn plan(stage: &Stage, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = stage.command(&fleet(), &[&["plan", "--output", "json"], arguments].concat());
    command.envs(variables.iter().copied());
    Run::of(command.output().expect("the binary runs"))
}

#[test]
fn the_figures_for_cloudwatch_are_the_last_line_and_the_report_stands_before_them() {
    let stage = Stage::bootstrapped();
    for arguments in [&["plan"] as &[&str], &["apply", "--yes"]] {
        let run = stage.run(&fleet(), &[arguments, &["--metrics", "emf"]].concat());
        let (report, line) = run.stdout.trim_end().rsplit_once('\n').expect("two lines at least");
        assert!(report.contains("acme"), "{report}");
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!((&line["Fleet"], &line["Accounts"]), (&"acme".into(), &1.into()));
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Foghorn");
        let heard = if arguments[0] == "apply" { 1 } else { 0 };
        assert_eq!(line["PathsHeard"], heard, "{line}");
    }
}

#[test]
fn a_service_prints_one_line_of_json_and_one_of_figures_a_sweep() {
    let stage = Stage::bootstrapped();
    let served =
        Served::start(&stage, &fleet(), &["--plan-only", "--output", "json", "--metrics", "emf"]).ready();
    assert_eq!(served.reconcile(), 202);
    served.wait_until(|served| served.output().lines().count() == 4);
    let lines: Vec<Value> =
        served.output().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    for pair in lines.chunks(2) {
        assert_eq!((&pair[0]["kind"], &pair[1]["Fleet"]), (&"Report".into(), &"acme".into()));
        assert_eq!(pair[0]["metadata"]["run"], pair[1]["run"]);
    }
}

#[test]
fn a_collector_gets_a_span_a_run_and_one_a_pass_and_the_figures() {
    let stage = Stage::bootstrapped();
    let collector = Collector::start();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
    ];
    plan(&stage, &variables, &[]).ended(2);
    let spans = collector.items("/v1/traces", &["resourceSpans", "scopeSpans", "spans"]);
    let named = |name: &str| spans.iter().filter(|span| span["name"] == name).cloned().collect::<Vec<_>>();
    let (sweeps, passes) = (named("sweep"), named("pass"));
    assert_eq!((sweeps.len(), passes.len(), named("call").len()), (1, 1, 0), "{spans:#?}");
    assert_eq!(
        (attribute(&sweeps[0], "mode"), attribute(&passes[0], "account")),
        ("plan".into(), DEV.into())
    );
    assert_eq!(attribute(&passes[0], "account_name"), "dev");
    assert_eq!(passes[0]["parentSpanId"], sweeps[0]["spanId"]);
    for resource in collector.items("/v1/traces", &["resourceSpans"]) {
        assert_eq!(attribute(&resource["resource"], "service.name"), "foghorn");
        assert_eq!(attribute(&resource["resource"], "deployment.environment"), "test");
    }
    let metrics = collector.items("/v1/metrics", &["resourceMetrics", "scopeMetrics", "metrics"]);
    for name in ["foghorn.accounts", "foghorn.paths", "foghorn.calls", "foghorn.call.duration"] {
        assert!(metrics.iter().any(|metric| metric["name"] == name), "{name}: {metrics:#?}");
    }
}

#[test]
fn calls_are_spans_where_everything_is_asked_for() {
    let stage = Stage::bootstrapped();
    let collector = Collector::start();
    let variables = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*format!("{}/own", collector.url)),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_SERVICE_NAME", "watch"),
    ];
    plan(&stage, &variables, &["-vv"]).ended(2);
    let spans = collector.items("/own", &["resourceSpans", "scopeSpans", "spans"]);
    let call = spans.iter().find(|span| attribute(span, "call") == "ecs:ListClusters");
    assert!(call.is_some_and(|call| attribute(call, "region") == "ap-northeast-2"), "{spans:#?}");
    assert!(collector.posted("/v1/metrics").is_empty(), "no endpoint was named for metrics");
    let resources = collector.items("/own", &["resourceSpans"]);
    assert!(resources.iter().all(|resource| attribute(&resource["resource"], "service.name") == "watch"));
}

#[test]
fn protobuf_is_what_a_collector_gets_unless_asked_otherwise() {
    let stage = Stage::bootstrapped();
    let collector = Collector::start();
    plan(&stage, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)], &[]).ended(2);
    for path in ["/v1/traces", "/v1/metrics"] {
        let posted = collector.posted(path);
        assert!(!posted.is_empty(), "{path}");
        for posted in posted {
            assert_eq!(posted.form, "application/x-protobuf", "{path}");
            assert!(posted.body.windows(7).any(|bytes| bytes == b"foghorn"), "{path}");
        }
    }
}

#[test]
fn a_collector_that_is_gone_or_never_answers_changes_nothing_about_the_run() {
    let stage = Stage::bootstrapped();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    let expected = plan(&stage, &[], &[]).ended(2);
    assert_eq!(expected.stderr, "");
    for endpoint in ["http://127.0.0.1:1", silent.as_str()] {
        let run = plan(&stage, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)], &[]);
        assert_eq!(run.code, expected.code, "{endpoint}: {}", run.stderr);
        assert_eq!(run.report()["summary"], expected.report()["summary"], "{endpoint}");
    }
}

#[test]
fn what_is_not_built_in_or_switched_off_is_not_exported() {
    let stage = Stage::bootstrapped();
    let collector = Collector::start();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str());
    let grpc = plan(&stage, &[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], &[]).ended(2);
    assert!(grpc.stderr.contains("OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not built in"), "{}", grpc.stderr);
    let off = plan(&stage, &[endpoint, ("OTEL_SDK_DISABLED", "true")], &[]).ended(2);
    assert_eq!(off.stderr, "");
    let posted = [collector.posted("/v1/traces"), collector.posted("/v1/metrics")].concat();
    assert!(posted.is_empty(), "{posted:?}");
}

#[test]
fn a_log_that_no_terminal_shows_is_json_with_the_account_on_every_line_of_a_pass() {
    let stage = Stage::bootstrapped();
    stage.simulator.faults.add(Fault::new(Effect::Malformed).operation("ListClusters").times(3));
    let run = stage.run(BREAKERS, &["plan", "-v"]);
    let lines: Vec<Value> =
        run.stderr.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let again =
        lines.iter().find(|line| line["message"].as_str().is_some_and(|text| text.contains("looking again")));
    let again = again.unwrap_or_else(|| panic!("{}", run.stderr));
    assert_eq!((&again["span"]["account"], &again["span"]["account_name"]), (&DEV.into(), &"dev".into()));
    assert_eq!(again["span"]["name"], "pass");
    let text = stage.run(BREAKERS, &["plan", "-vv", "--log-format", "text"]);
    assert!(text.stderr.lines().any(|line| line.contains("pass{account=111111111111")), "{}", text.stderr);
}
