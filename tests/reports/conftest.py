"""Renders made-up reports in every form, with the example that does nothing
else, and opens the page in a real browser.

FOGHORN_CHROMIUM names the browser, or it is looked for. Without one these tests
are skipped, or fail if FOGHORN_REQUIRE_BROWSER is set.
"""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
import sample
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]


def built_renderer():
    """Builds the example and returns the path that cargo names."""
    given = os.environ.get("FOGHORN_RENDER_BIN")
    if given:
        return given
    command = ["cargo", "build", "--example", "render", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    return next(
        message["executable"]
        for message in messages
        if message.get("executable") and message["target"]["name"] == "render"
    )


def render(renderer, folder, report, history=(), refresh=None):
    """Renders a report in every form into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "given.json").write_text(json.dumps(report))
    (folder / "history.json").write_text(json.dumps(list(history)))
    command = [renderer, folder / "given.json", folder, folder / "history.json"]
    subprocess.run(command + ([str(refresh)] if refresh else []), check=True, capture_output=True)
    return folder


def chromium():
    return os.environ.get("FOGHORN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launched(playwright):
    """A real Chromium; as root, in a container say, it has no sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium(), args=arguments)


@pytest.fixture(scope="session")
def renderer():
    return built_renderer()


@pytest.fixture(scope="session")
def small(renderer, tmp_path_factory):
    return render(renderer, tmp_path_factory.mktemp("small"), sample.small(), sample.history())


@pytest.fixture(scope="session")
def hostile(renderer, tmp_path_factory):
    return render(renderer, tmp_path_factory.mktemp("hostile"), sample.hostile())


@pytest.fixture(scope="session")
def calm(renderer, tmp_path_factory):
    fine = sample.report([sample.heard(sample.account("111111111111", "dev"))])
    return render(renderer, tmp_path_factory.mktemp("calm"), fine)


@pytest.fixture(scope="session")
def large(renderer, tmp_path_factory):
    return render(renderer, tmp_path_factory.mktemp("large"), sample.large())


@pytest.fixture(scope="session")
def browser():
    if chromium() is None:
        if os.environ.get("FOGHORN_REQUIRE_BROWSER"):
            pytest.fail("no Chromium was found: install the package chromium, or name one in FOGHORN_CHROMIUM")
        pytest.skip("no Chromium was found")
    with sync_playwright() as playwright:
        started = launched(playwright)
        yield started
        started.close()


class Window:
    """A page, and all that it asked for or complained of."""

    def __init__(self, browser, **settings):
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def open(self, folder, fragment=""):
        self.page.goto((folder / "report.html").as_uri() + fragment)
        return self.page

    def asked_elsewhere(self):
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


@pytest.fixture
def window(browser):
    opened = []

    def make(**settings):
        opened.append(Window(browser, **settings))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
