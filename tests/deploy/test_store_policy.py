"""What Foghorn asks of a bucket is what `foghorn policy --for controller` allows, and it asks for all of that."""

import fnmatch
import http.client
import http.server
import json
import re
import subprocess
import threading
import urllib.parse

import pytest

from emulators import Account
from test_member_role import binary

ACCOUNT = "250000000001"
BUCKET = "acme-foghorn"
FLEET = f"""
apiVersion: foghorn.dev/v1alpha1
kind: Fleet
metadata: {{ name: acme }}
spec:
  regions: [eu-west-1]
  accounts: [{{ id: "{ACCOUNT}" }}]
  store: {{ url: "s3://{BUCKET}/reports", keep: 1 }}
"""


class Listener(http.server.BaseHTTPRequestHandler):
    """Hands every request on to an emulator, and keeps what those of S3 ask for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/s3/aws4_request" in self.headers.get("Authorization", ""):
            self.server.asked.append((self.command, self.path, body.decode(errors="replace")))
        onward = http.client.HTTPConnection(self.server.emulator, timeout=30)
        onward.request(self.command, self.path, body, dict(self.headers))
        answer = onward.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = hand_on


@pytest.fixture
def listener(ministack):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.emulator, server.asked = urllib.parse.urlsplit(ministack).netloc, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def needed(method, target, body):
    """What IAM asks of a request (Amazon S3 user guide, required permissions for API operations)."""
    path, _, query = target.partition("?")
    bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
    parameters = urllib.parse.parse_qs(query, keep_blank_values=True)
    if not key and "delete" in parameters:
        keys = re.findall(r"<Key>([^<]+)</Key>", body)
        return {("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{one}") for one in keys}
    if not key:
        assert method == "GET", (method, target)
        return {("s3:ListBucket", f"arn:aws:s3:::{bucket}")}
    verb = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "POST": "Put", "DELETE": "Delete"}[method]
    return {(f"s3:{verb}Object", f"arn:aws:s3:::{bucket}/{key}")}


def allows(statements, action, resource):
    return any(
        action in one["Action"] and any(fnmatch.fnmatchcase(resource, pattern) for pattern in one["Resource"])
        for one in statements
    )


def test_the_store_is_asked_for_what_the_policy_allows_and_for_all_of_it(ministack, listener, tmp_path):
    Account(ministack, ACCOUNT).client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET)
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.server_port}",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def foghorn(*arguments, **given):
        command = [binary(), *arguments, "--file", str(path)]
        return subprocess.run(command, capture_output=True, text=True, env=given, cwd=tmp_path, check=False)

    for arguments in (["apply", "--yes"], ["plan"], ["report"], ["plan", "--shard", "0/1", "--shard-set", "one"]):
        ended = foghorn(*arguments, **environment)
        assert ended.returncode != 1, (arguments, ended.stderr)
    asked = {one for request in listener.asked for one in needed(*request)}

    printed = json.loads(foghorn("policy", "--mode", "apply", "--for", "controller").stdout)["Statement"]
    allowed = [one for one in printed if one["Sid"] in ("KeepReports", "ListReports")]
    assert {one for one in asked if not allows(allowed, *one)} == set()
    assert {action for action, _ in asked} == {action for one in allowed for action in one["Action"]}
