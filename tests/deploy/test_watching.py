"""Alerts and dashboard: each asks for what is really counted, in a language that Prometheus reads."""

import json
import re

import promql_parser
import pytest

from chart import CASES, CHART, FLEET, ROOT, objects, of_kind, only, quoted_metrics

# Of kube-state-metrics, docs/metrics/workload: all of its stable ones that alerts on CronJobs ask for.
KUBE_STATE_METRICS = {
    "kube_cronjob_created": {"namespace", "cronjob"},
    "kube_cronjob_spec_suspend": {"namespace", "cronjob"},
    "kube_cronjob_status_last_successful_time": {"namespace", "cronjob"},
    "kube_job_failed": {"namespace", "job_name", "condition"},
    "kube_job_owner": {"namespace", "job_name", "owner_kind", "owner_name"},
    "kube_job_status_failed": {"namespace", "job_name"},
    "kube_job_status_start_time": {"namespace", "job_name"},
}

# What the scrape adds to each series.
OF_THE_TARGET = {"namespace", "job"}

DASHBOARD = json.loads((CHART / "files/dashboard.json").read_text())

WATCHED = {"prometheusRule": {"enabled": True}, "canary": {"enabled": True}}


def rules_of(values):
    """The alerts that values render to."""
    return [rule for group in only(objects(values), "PrometheusRule")["spec"]["groups"] for rule in group["rules"]]


RULES = {
    (case, rule["alert"]): rule
    for case, values in {
        "CronJob": {"fleet": FLEET, **WATCHED},
        "Deployment": {"fleet": FLEET, "kind": "Deployment", **WATCHED},
    }.items()
    for rule in rules_of(values)
}

PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}

EXPRESSIONS = {
    **{f"{case} {alert}": rule["expr"] for (case, alert), rule in RULES.items()},
    **{
        f"{title} {target['refId']}": target["expr"].replace("$namespace", "foghorn").replace("$job", "foghorn")
        for title, panel in PANELS.items()
        for target in panel["targets"]
    },
}


def counted():
    """Every metric of Foghorn's, by the source, with its labels, by the documentation."""
    names = quoted_metrics("src/service/metrics.rs") | quoted_metrics("src/report/figures.rs")
    rows = re.findall(r"^\| `(foghorn_\w+)(?:\{(.*?)\})?` \| (\w+) \|", (ROOT / "docs/running.md").read_text(), re.M)
    documented = {}
    for name, labels, kind in rows:
        series = [f"{name}_bucket", f"{name}_sum", f"{name}_count"] if kind == "histogram" else [name]
        own = set(filter(None, labels.split(","))) | ({"le"} if kind == "histogram" else set())
        documented.update({each: own for each in series})
        assert name in names, f"{name} is documented, and not in the source"
    return documented


KNOWN = {**{name: labels | OF_THE_TARGET for name, labels in counted().items()}, **KUBE_STATE_METRICS}


def selectors(expression):
    """The metrics of an expression with the labels that are asked of each."""
    for name, matchers in re.findall(r"\b((?:foghorn|kube)_\w+)(?:\{(.*?)\})?", expression):
        yield name, set(re.findall(r"(\w+)\s*[=!]", matchers))


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_every_expression_is_promql_over_metrics_and_labels_that_exist(expression):
    promql_parser.parse(expression)
    found = dict(selectors(expression))
    assert found
    for name, labels in found.items():
        assert name in KNOWN, name
        assert labels <= KNOWN[name], f"{name} has no {labels - KNOWN[name]}"
    grouped = {label for text in re.findall(r"(?:by|on|group_left) \((.*?)\)", expression) for label in text.split(", ")}
    assert grouped <= set().union(*(KNOWN[name] for name in found))


@pytest.mark.parametrize("rule", RULES.values(), ids=map(" ".join, RULES))
def test_every_alert_says_how_bad_it_is_and_what_to_look_at(rule):
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"] and rule["annotations"]["description"].endswith((".", "?"))


def test_an_alert_asks_for_the_series_of_its_own_release():
    for (case, _), rule in RULES.items():
        for name, labels in selectors(rule["expr"]):
            assert "namespace" in labels, (case, name)
    matched = {"fleet": FLEET, "kind": "Deployment", "prometheusRule": {"enabled": True, "matchers": 'app="foghorn"'}}
    rules = only(objects(matched), "PrometheusRule")["spec"]["groups"][0]["rules"]
    assert all('app="foghorn"' in rule["expr"] and "namespace" not in rule["expr"] for rule in rules)


@pytest.mark.parametrize("kind", ["CronJob", "Deployment"])
def test_silence_of_foghorn_itself_is_an_alert(kind):
    assert (kind, "FoghornStalled") in RULES
    assert (kind, "FoghornNeverSucceeded" if kind == "CronJob" else "FoghornGone") in RULES


@pytest.mark.parametrize("kind", ["CronJob", "Deployment"])
def test_a_canary_that_failed_is_an_alert_by_the_name_of_its_cronjob(kind):
    rule = RULES[kind, "FoghornCanaryFailed"]
    values = {"fleet": FLEET, "kind": kind, **WATCHED, "fullnameOverride": "watchman"}
    names = of_kind(objects(values), "CronJob")
    assert rule["labels"]["severity"] == "critical"
    [renamed] = [each for each in rules_of(values) if each["alert"] == "FoghornCanaryFailed"]
    assert set(re.findall(r'(?:owner_name|cronjob)="(.*?)"', renamed["expr"])) == {"watchman-canary"} <= names.keys()


@pytest.mark.parametrize("kind", ["CronJob", "Deployment"])
def test_nobody_waits_for_an_alert_on_canaries_that_are_not_sent(kind):
    found = rules_of({"fleet": FLEET, "kind": kind, "prometheusRule": {"enabled": True}})
    assert "FoghornCanaryFailed" not in {rule["alert"] for rule in found}


def test_the_thresholds_are_those_of_the_values():
    values = {
        "stalledAfterSeconds": 1234567, "unheardFor": "7m", "blindFor": "9m", "throttlesPerSecond": 0.25,
    }
    own = {"fleet": FLEET, "kind": "Deployment", "prometheusRule": {"enabled": True, **values}}
    rules = {rule["alert"]: rule for rule in only(objects(own), "PrometheusRule")["spec"]["groups"][0]["rules"]}
    assert rules["FoghornStalled"]["expr"].endswith("> 1234567")
    assert rules["EcsFailureUnheard"]["for"] == "7m"
    assert rules["FoghornBlind"]["for"] == "9m"
    assert rules["FoghornThrottled"]["expr"].endswith("> 0.25")


def test_labels_of_foghorns_own_win_over_those_of_the_scrape():
    monitor = only(objects(CASES["deployment"]), "ServiceMonitor")
    assert monitor["spec"]["endpoints"][0]["honorLabels"] is True
    service = only(objects(CASES["deployment"]), "Service")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]


def test_the_dashboard_is_rendered_as_it_is_and_shows_every_family():
    shown = of_kind(objects(CASES["deployment"]), "ConfigMap")["foghorn-dashboard"]
    assert json.loads(shown["data"]["foghorn.json"]) == DASHBOARD
    assert shown["metadata"]["labels"]["grafana_dashboard"] == "1"
    used = {re.sub(r"_(bucket|sum|count)$", "", name) for text in EXPRESSIONS.values() for name, _ in selectors(text)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in counted()}
    assert families - used == set()


def test_the_dashboards_panels_have_their_own_places_and_descriptions():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not taken & cells and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
