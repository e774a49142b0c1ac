"""Reports as Foghorn writes them in JSON, made up: a small organisation in which
a bit of everything is wrong, and one of ten thousand accounts."""

import itertools

SEOUL, IRELAND, VIRGINIA = "ap-northeast-2", "eu-west-1", "us-east-1"
PLACES = [SEOUL, IRELAND, VIRGINIA, "global"]
EVENTS = ["deploymentFailed", "serviceImpaired"]
BREAKER = "the deployment circuit breaker is off: a failed deployment is neither detected nor announced"
ROLLBACK = "the circuit breaker announces a failed deployment but does not roll it back"
FINISHED = "2026-11-21T09:00:04Z"

HOSTILE = [
    "</script><script>document.title='taken'</script>",
    "<img src=https://example.com/x onerror=\"document.title='taken'\">",
    "'\"><svg/onload=document.title='taken'>",
    "{{ policy }} {0} {r} ${title} `code` @here",
    "\u202edesrever\u202c \u2028 🚨 경보",
    "x" * 10_000,
]


def account(identity, name, labels=None, places=PLACES, services=40):
    """A pass over an account in which all is well so far."""
    return {
        "account": {"id": identity, "name": name, "labels": labels or {}},
        "clusters": 3,
        "services": services,
        "conditions": [],
        "coverage": [{"location": place, "state": "seen", "detail": None} for place in places],
        "findings": [],
        "changes": [],
        "paths": [],
    }


def service(one, place, name):
    return f"arn:aws:ecs:{place}:{one['account']['id']}:service/{name}"


def finding(one, check, severity, place, subject, message, evidence=None, since=None):
    """Adds a finding; `since` None makes it new."""
    age = {"news": "still", "since": since} if since else {"news": "new", "since": FINISHED}
    one["findings"].append({
        "check": check, "severity": severity, "location": place, "subject": subject, "message": message,
        "evidence": evidence or {}, "age": age,
    })


def breaker(one, place, name, check="breakerDisabled", since=None):
    off = check == "breakerDisabled"
    evidence = {"cluster": name.split("/")[0], "enable": not off, "rollback": False}
    severity, message = ("error", BREAKER) if off else ("warning", ROLLBACK)
    finding(one, check, severity, place, service(one, place, name), message, evidence, since)


def change(one, action, kind, place, name, fields=(), outcome="planned", why=None):
    made = {"action": action, "kind": kind, "location": place, "name": name, "outcome": outcome,
            "fields": [{"path": path, "observed": was, "desired": wanted} for path, was, wanted in fields]}
    if why:
        made["why"] = why
    one["changes"].append(made)


def path(one, place, event="deploymentFailed", state="heard", stops=None, why=None, pipeline="deploys"):
    """Adds a way to AWS Chatbot, which stops at a hop."""
    identity = one["account"]["id"]
    topic = f"arn:aws:sns:{place}:{identity}:foghorn-{pipeline}"
    hops = [
        ("rule", f"arn:aws:events:{place}:{identity}:rule/foghorn-{pipeline}"),
        ("target", f"foghorn-{pipeline}/topic"),
        ("transformer", f"foghorn-{pipeline}/topic"),
        ("topic", topic),
        ("topicPolicy", topic),
        ("subscription", topic),
        ("chatConfiguration", "foghorn-T0123ABCD-C0DEPLOYS"),
        ("room", "Slack channel T0123ABCD/C0DEPLOYS"),
    ]
    names = [name for name, _ in hops]
    end = names.index(stops) if stops else len(names)
    carried = [{"name": name, "subject": subject, "carries": True} for name, subject in hops[:end]]
    if stops:
        carried.append({"name": stops, "subject": hops[end][1], "carries": None if state == "unknown" else False})
    one["paths"].append({
        "pipeline": pipeline, "madeBy": "fleet", "event": event, "location": place, "state": state,
        "brokenAt": stops, "why": why, "hops": carried,
    })


def heard(one, places=(SEOUL, IRELAND, VIRGINIA)):
    for place, event in itertools.product(places, EVENTS):
        path(one, place, event)
    return one


def unread(one, state, detail, places=PLACES):
    for coverage in one["coverage"]:
        if coverage["location"] in places:
            coverage.update(state=state, detail=detail)
    return one


def report(passes, fleet="acme", comparison=None, calls=1042):
    """The report of these passes, counted as Foghorn counts."""
    def count(values, names):
        values = list(values)
        return {name: values.count(name) for name in names}

    findings = [one for item in passes for one in item["findings"]]
    changes = [one for item in passes for one in item["changes"]]
    coverage = [one for item in passes for one in item["coverage"]]
    paths = [one for item in passes for one in item["paths"]]
    states = ["seen", "partial", "denied", "throttled", "unreachable", "skipped"]
    whole = {
        "apiVersion": "foghorn.dev/v1alpha1",
        "kind": "Report",
        "metadata": {"fleet": fleet, "run": "01KAJ6Q0000000000000000000", "mode": "plan",
                     "startedAt": "2026-11-21T09:00:00Z", "finishedAt": FINISHED, "version": "0.1.0"},
        "summary": {
            "accounts": len(passes), "locations": len(coverage),
            "clusters": sum(item["clusters"] for item in passes),
            "services": sum(item["services"] for item in passes),
            "coverage": count((one["state"] for one in coverage), states),
            "findings": count((one["severity"] for one in findings), ["error", "warning", "info"]),
            "changes": count((one["action"] for one in changes), ["create", "update", "delete", "conflict", "withheld"])
            | count((one["outcome"] for one in changes), ["applied", "failed", "skipped"]),
            "paths": count((one["state"] for one in paths), ["heard", "broken", "unknown"]),
            "calls": {"total": calls, "byOperation": {"ecs:DescribeServices": calls}},
        },
        "passes": sorted(passes, key=lambda item: item["account"]["id"]),
    }
    if comparison:
        whole["comparison"] = comparison
    return whole


def remembered(one, check, severity, place, name, message):
    return {"account": one["account"], "finding": {
        "check": check, "severity": severity, "location": place, "subject": service(one, place, name),
        "message": message, "evidence": {}, "age": {"news": "still", "since": "2026-11-17T09:00:04Z"}}}


def small():
    """Nine accounts, and a bit of everything."""
    dev = heard(account("111111111111", "dev", {"env": "dev", "team": "platform"}))
    prod = heard(account("222222222222", "prod", {"env": "prod", "team": "shop"}, services=412), [IRELAND, VIRGINIA])
    why = "the topic's policy does not let EventBridge publish: it names rule/foghorn-deploys-old"
    for event in EVENTS:
        path(prod, SEOUL, event, "broken", "topicPolicy", why)
    finding(prod, "pathBroken", "error", SEOUL, "deploys",
            f"a failure here would not reach the room; the path stops at topicPolicy: {why}", {"brokenAt": "topicPolicy"})
    for name in ["prod/web", "prod/checkout", "prod/search"]:
        breaker(prod, SEOUL, name, since="2026-11-09T09:00:04Z")
    breaker(prod, IRELAND, "prod/mail")
    breaker(prod, IRELAND, "batch/nightly", "rollbackDisabled", "2026-10-01T09:00:04Z")
    source = {"aws:SourceArn": "arn:aws:events:ap-northeast-2:222222222222:rule/foghorn-deploys"}
    old = {"aws:SourceArn": "arn:aws:events:ap-northeast-2:222222222222:rule/foghorn-deploys-old"}
    statement = {"Sid": "FoghornEvents", "Effect": "Allow", "Action": "sns:Publish"}
    change(prod, "update", "Topic", SEOUL, "foghorn-deploys",
           [("/policy", [statement | {"Condition": {"ArnEquals": old}}],
             [statement | {"Condition": {"ArnEquals": source}}])])

    shop = heard(account("333333333333", "shop", {"env": "prod", "team": "shop"}), [IRELAND, VIRGINIA])
    taken = "a topic of this name exists and carries no tag foghorn.dev/fleet=acme"
    for event in EVENTS:
        path(shop, SEOUL, event, "broken", "target", "the rule has no target that leads to the topic")
    finding(shop, "nameTaken", "error", SEOUL, "foghorn-deploys", f"Topic foghorn-deploys is taken: {taken}",
            {"kind": "Topic"}, "2026-11-20T09:00:04Z")
    change(shop, "conflict", "Topic", SEOUL, "foghorn-deploys", why=taken)
    change(shop, "withheld", "Target", SEOUL, "foghorn-deploys/topic",
           why="it needs Topic foghorn-deploys in ap-northeast-2, which can't be had")

    vault = account("444444444444", "vault", {"env": "prod", "team": "security"}, services=0)
    unread(vault, "denied", "assume role arn:aws:iam::444444444444:role/foghorn: AccessDenied: User: "
           "arn:aws:iam::999999999999:user/foghorn is not authorized to perform: sts:AssumeRole on resource: "
           "arn:aws:iam::444444444444:role/foghorn")
    for place, event in itertools.product([SEOUL, IRELAND, VIRGINIA], EVENTS):
        path(vault, place, event, "unknown", "rule", "it could not be read; the coverage says why")

    ai = account("555555555555", "ai-research", {"env": "dev", "team": "data"})
    for place in [SEOUL, IRELAND, VIRGINIA]:
        for event in EVENTS:
            path(ai, place, event, "broken", "room", "workspace T0123ABCD is not authorised in this account")
        for kind, name in [("Queue", "foghorn-deploys-dead-letters"), ("Topic", "foghorn-deploys"),
                           ("Rule", "foghorn-deploys"), ("Target", "foghorn-deploys/topic")]:
            change(ai, "create", kind, place, name)
    finding(ai, "roomNotAuthorised", "error", "global", "T0123ABCD",
            "nobody has let AWS Chatbot into Slack workspace T0123ABCD from this account, and no API can",
            {"authorised": [], "steps": [
                "sign in to account 555555555555 (ai-research) as an administrator",
                "open https://us-east-2.console.aws.amazon.com/chatbot/home",
                "choose Configure new client, then Slack, then Configure",
                "choose workspace T0123ABCD at the top right, and Allow",
                "invite the app to the channel if it is private, and run foghorn apply again"]})

    bank = heard(account("666666666666", "bank", {"env": "prod", "team": "payments"}))
    change(bank, "update", "Rule", VIRGINIA, "foghorn-deploys",
           [("/state", "DISABLED", "ENABLED"), ("/description", "switched off for the move", "Foghorn: deploys")])
    finding(bank, "alarmMuted", "warning", VIRGINIA, "foghorn-deploys-failed-invocations",
            "the alarm's actions are switched off, so nobody would hear it",
            {"actionsEnabled": False}, "2026-11-20T21:00:04Z")

    web = heard(account("777777777777", "web", {"env": "prod", "team": "web"}, services=128))
    finding(web, "breakerNotApplicable", "info", SEOUL, service(web, SEOUL, "web/green"),
            "no circuit breaker applies: CodeDeploy deploys this service", {"cluster": "web"}, "2026-09-01T09:00:04Z")
    mobile = heard(account("888888888888", "mobile", {"env": "prod", "team": "web"}))
    data = heard(account("888888888889", "data-lake", {"env": "prod", "team": "data"}, [IRELAND, "global"]), [IRELAND])
    comparison = {
        "previous": {"run": "01KAFS0000000000000000000", "finishedAt": "2026-11-20T09:00:05Z"}, "new": 3, "still": 7,
        "resolved": [remembered(dev, "breakerDisabled", "error", SEOUL, "dev/worker", BREAKER),
                     remembered(mobile, "rollbackDisabled", "warning", IRELAND, "mobile/push", ROLLBACK)],
        "unseen": [remembered(vault, "breakerDisabled", "error", SEOUL, "vault/signer", BREAKER)]}
    return report([dev, prod, shop, vault, ai, bank, web, mobile, data], comparison=comparison)


def history():
    """What a store remembers of the runs before."""
    errors = [21, 21, 19, 19, 16, 16, 17, 12, 12, 11, 9, 9, 9, 8, 7, 7]
    return [{"run": f"run-{index}", "mode": "plan", "finishedAt": f"2026-11-{5 + index:02}T09:00:04Z", "accounts": 9,
             "error": error, "warning": 2 + index % 3, "heard": 60 - error, "broken": error // 3, "unknown": 6,
             "unread": 4 if index in (5, 15) else 0} for index, error in enumerate(errors)]


def hostile():
    """Others wrote whatever they liked, wherever they can."""
    passes = []
    for index, text in enumerate(HOSTILE):
        one = account(f"9{index:011}", text, {text: text, "note": text}, [SEOUL, "global"])
        finding(one, "breakerDisabled", "error", SEOUL, service(one, SEOUL, f"{text}/{text}"), text, {"cluster": text})
        finding(one, "messageUnsafe", "info", SEOUL, text, text, {"steps": [text]})
        change(one, "update", "Rule", SEOUL, text, [("/description", text, {text: [text]})], why=text)
        path(one, SEOUL, text, "broken", "topic", text, text)
        unread(one, "partial", text, ["global"])
        passes.append(one)
    return report(passes, fleet=HOSTILE[0])


def large(accounts=10_000):
    """Ten thousand accounts in four Regions, a third of which needs somebody."""
    regions = [SEOUL, IRELAND, VIRGINIA, "us-west-2"]
    passes = []
    for index in range(accounts):
        labels = {"env": ["prod", "dev", "test"][index % 3], "team": f"team-{index % 40}"}
        one = account(f"{100_000_000_000 + index}", f"member-{index:05}", labels, regions)
        for place in regions:
            path(one, place)
        if index % 3 == 0:
            for number in range(4):
                name = f"cluster-{number}/service-{index % 97}-{number}"
                breaker(one, regions[number], name, "breakerDisabled" if number % 2 else "rollbackDisabled",
                        "2026-11-09T09:00:04Z" if index % 2 else None)
        if index % 50 == 0:
            unread(one, "throttled", "list clusters: ThrottlingException: Rate exceeded", [SEOUL])
        if index % 20 == 0:
            change(one, "update", "Rule", IRELAND, "foghorn-deploys", [("/state", "DISABLED", "ENABLED")])
        passes.append(one)
    comparison = {"previous": {"run": "01KAFS0000000000000000000", "finishedAt": "2026-11-20T09:00:05Z"},
                  "new": 1, "still": 1, "resolved": [], "unseen": []}
    return report(passes, comparison=comparison, calls=490_000)
