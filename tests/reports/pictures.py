"""Draws the pictures of the documentation: `python tests/reports/pictures.py`."""

import pathlib
import tempfile

import sample
from playwright.sync_api import sync_playwright
from rendering import ROOT, built_renderer, launched, render

PICTURES = [
    ("report-light", "light", {"width": 1280, "height": 860}, "#answer"),
    ("report-dark", "dark", {"width": 1280, "height": 900}, "#map"),
    ("report-narrow", "light", {"width": 360, "height": 740}, "#answer"),
]


def main():
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        report = render(built_renderer(), pathlib.Path(made), sample.small(), sample.history()) / "report.html"
        browser = launched(playwright)
        for name, scheme, size, part in PICTURES:
            page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
            page.goto(report.as_uri())
            if part != "#answer":
                page.locator(part).evaluate("part => part.scrollIntoView({ behavior: 'instant' })")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
