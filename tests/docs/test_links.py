"""Every relative link of every Markdown file leads to a file, and to a heading of it."""

import pytest

from pages import ROOT, Page, all_pages, none_of

PAGES = {page.name: page for page in all_pages()}


def trouble(page, number, target):
    """Why a link leads nowhere, if it does."""
    if "://" in target or target.startswith("mailto:"):
        return None
    name, _, anchor = target.partition("#")
    path = (page.path.parent / name).resolve() if name else page.path
    if not path.is_relative_to(ROOT) or not path.exists():
        return f"{page.name}:{number}: {target}: there is no such file"
    if anchor and path.suffix == ".md" and anchor not in Page(path).anchors():
        return f"{page.name}:{number}: {target}: there is no such heading"
    return None


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_link_leads_somewhere(page):
    found = [trouble(page, number, target) for number, target in page.links()]
    none_of("\n", found)


def test_every_page_of_docs_can_be_reached_from_the_readme():
    reached, waiting = set(), [PAGES["README.md"].path]
    by_path = {page.path: page for page in PAGES.values()}
    while waiting:
        path = waiting.pop()
        if path in reached or path not in by_path:
            continue
        reached.add(path)
        targets = (target.partition("#")[0] for _, target in by_path[path].links())
        waiting += [(path.parent / target).resolve() for target in targets if target]
    none_of(
        "\n",
        [
            f"{page.name}: no link leads here from README.md, nor from where that leads"
            for page in PAGES.values()
            if page.path.parent.name == "docs" and page.path not in reached
        ],
    )
