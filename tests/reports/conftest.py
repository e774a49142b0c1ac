"""Made-up reports in every form, and windows of a real browser to look at them.

Without a browser its tests are skipped, or fail if FOGHORN_REQUIRE_BROWSER is
set.
"""

import os

import pytest
import sample
from playwright.sync_api import sync_playwright
from rendering import built_renderer, chromium, launched, render


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
