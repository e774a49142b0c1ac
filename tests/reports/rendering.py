"""Renders reports in every form, with the example that does nothing else, and
starts a real browser.

FOGHORN_RENDER_BIN names the example, or cargo builds it. FOGHORN_CHROMIUM names
the browser, or it is looked for.
"""

import json
import os
import pathlib
import shutil
import subprocess

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
