"""The HTML report in a real Chromium: it works without a network, by keyboard, on
a phone, in light and dark, and whoever wrote what it shows."""

import itertools

import pytest
import sample
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from rendering import render

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
ROWS = "#findings-rows > li"


def shown(page):
    return page.locator(ROWS).count()


def subjects(page):
    return page.locator("#findings-rows .finding-subject").all_inner_texts()


@pytest.mark.parametrize("name", ["small", "hostile", "calm"])
def test_nothing_is_asked_for_and_nothing_is_complained_of(name, request, window):
    opened = window(viewport=DESK)
    page = opened.open(request.getfixturevalue(name))
    page.wait_for_timeout(200)
    assert opened.asked_elsewhere() == []
    assert opened.complaints == []


def test_whatever_is_asked_for_by_force_is_refused_by_the_page_s_own_policy(small, window):
    opened = window(viewport=DESK)
    page = opened.open(small)
    outcome = page.evaluate(
        """() => fetch("https://example.com/").then(() => "fetched", () => "refused")""")
    run = page.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "document.title = 'taken'";
                   document.body.append(one); return document.title; }""")
    assert outcome == "refused"
    assert run == "acme · Foghorn"
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


def test_nothing_that_others_wrote_comes_alive(hostile, window):
    opened = window(viewport=DESK)
    page = opened.open(hostile)
    page.locator("#filters [name=text]").fill("script")
    assert page.title() == f"{sample.HOSTILE[0]} · Foghorn"
    assert page.locator("img, iframe, object, embed").count() == 0
    assert page.locator("main svg[onload]").count() == 0
    assert page.locator("script").count() == 2
    assert sample.HOSTILE[0] in page.locator("#findings-rows").inner_text()
    assert opened.complaints == []


@pytest.mark.parametrize("field, value, expected", [
    ("check", "breakerDisabled", 4),
    ("location", sample.IRELAND, 2),
    ("account", "PROD", 6),
    ("account", "5555", 1),
    ("label", "team=payments", 1),
    ("text", "Checkout", 1),
    ("text", "no service has this name", 0),
])
def test_a_filter_leaves_what_it_names(field, value, expected, small, window):
    page = window(viewport=DESK).open(small)
    control = page.locator(f"#filters [name={field}]")
    if field in ("check", "location", "label"):
        control.select_option(value)
    else:
        control.fill(value)
    assert shown(page) == expected
    assert page.locator("#findings-count").inner_text() == f"{expected} of 10 findings"
    page.locator("#filters button[type=reset]").click()
    expect(page.locator(ROWS)).to_have_count(10)
    assert page.locator("#findings-count").inner_text() == "10 findings, the worst first"


def test_severities_are_added_up_and_new_only_takes_away(small, window):
    page = window(viewport=DESK).open(small)
    page.locator("[name=severity][value=warn]").check()
    assert shown(page) == 2
    page.locator("[name=severity][value=note]").check()
    assert shown(page) == 3
    page.locator("#filters button[type=reset]").click()
    page.locator("[name=new]").check()
    assert shown(page) == 3
    assert page.locator(".age.is-new").count() == 3


def test_filters_stand_in_the_address_so_that_a_link_keeps_them(small, window):
    opened = window(viewport=DESK)
    page = opened.open(small)
    page.locator("#filters [name=text]").fill("prod/")
    page.locator("[name=severity][value=bad]").check()
    expected = subjects(page)
    assert 0 < len(expected) < 10
    page.reload()
    assert subjects(page) == expected
    assert page.locator("#filters [name=text]").input_value() == "prod/"


def test_a_cell_of_the_map_leads_to_its_findings(small, window):
    page = window(viewport=DESK).open(small)
    page.get_by_role("button", name="findings of prod in eu-west-1").click()
    expect(page.locator(ROWS)).to_have_count(2)
    assert set(subjects(page)) == {"prod/mail", "batch/nightly"}


def test_the_map_shows_only_who_needs_somebody_if_asked(small, window):
    page = window(viewport=DESK).open(small)
    rows = page.locator("#map-rows tr")
    assert rows.count() == 9
    page.locator("#map-filters [name=attention]").check()
    assert rows.count() == 5
    page.locator("#map-filters [name=text]").fill("team=shop")
    assert rows.count() == 2


def test_without_script_all_is_there_but_the_filters(small, window):
    bare = window(viewport=DESK, java_script_enabled=False).open(small)
    full = window(viewport=DESK).open(small)
    assert bare.locator(ROWS).count() == 10
    assert not bare.locator("#filters").is_visible()
    assert bare.get_by_role("heading", name="would be heard").is_visible()
    # What the script builds is what stood there.
    full.locator("[name=new]").check()
    full.locator("[name=new]").uncheck()
    assert full.locator(ROWS).evaluate_all("rows => rows.map(row => row.outerHTML)") == \
        bare.locator(ROWS).evaluate_all("rows => rows.map(row => row.outerHTML)")


def test_every_control_is_reached_by_keyboard_and_shows_where_one_is(small, window):
    page = window(viewport=DESK).open(small)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = []
    for _ in range(200):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(
            """() => { const one = document.activeElement; const style = getComputedStyle(one);
                       return [one.tagName, one.getAttribute("name") ?? one.textContent.slice(0, 30), style.outlineStyle]; }"""))
        if seen[-1][0] == "BODY":
            break
    else:
        pytest.fail("the keyboard is trapped")
    names = {name for _, name, _ in seen}
    assert {"check", "location", "account", "label", "text", "new", "attention"} <= names
    assert [one for one in seen[:-1] if one[2] == "none"] == []


def test_filters_and_details_work_by_keyboard_alone(small, window):
    page = window(viewport=DESK).open(small)
    page.locator("[name=severity][value=bad]").focus()
    page.keyboard.press("Space")
    assert shown(page) == 7
    summary = page.locator("#findings-rows summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("#findings-rows details[open] pre").is_visible()


@pytest.mark.parametrize("name", ["small", "hostile", "calm"])
def test_a_phone_shows_it_without_scrolling_sideways(name, request, window):
    page = window(viewport=PHONE).open(request.getfixturevalue(name))
    for one in page.locator("details").all():
        one.evaluate("one => { one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme, size", list(itertools.product(["light", "dark"], [DESK, PHONE])))
def test_it_is_accessible(scheme, size, small, window):
    page = window(viewport=size, color_scheme=scheme).open(small)
    for one in page.locator("details").all():
        one.evaluate("one => { one.open = true; }")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_light_and_dark_are_two_looks(small, window):
    looks = [window(viewport=DESK, color_scheme=scheme).open(small).evaluate(
        "getComputedStyle(document.body).backgroundColor") for scheme in ("light", "dark")]
    assert looks[0] != looks[1]


def test_what_is_said_in_colour_is_said_in_a_sign_and_a_word_too(small, window):
    page = window(viewport=DESK).open(small)
    for cell in page.locator("#map-rows td").all():
        text = cell.text_content()
        assert text[0] in "✕?!~✓·" and any(letter.isalpha() for letter in text), text
    for mark in page.locator(".mark").all_text_contents():
        assert any(letter.isalpha() for letter in mark), mark


def test_on_paper_there_is_nothing_to_press(small, window):
    page = window(viewport=DESK).open(small)
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert not page.locator(".parts").is_visible()
    assert page.locator(ROWS).first.is_visible()


def test_ten_thousand_accounts_can_be_looked_through(large, window):
    assert (large / "report.html").stat().st_size < 10_000_000
    opened = window(viewport=DESK)
    page = opened.open(large)
    page.set_default_timeout(120_000)
    assert page.locator("#map-rows tr").count() == 50
    page.locator("#map-more").click()
    assert page.locator("#map-rows tr").count() == 250
    page.locator("#map-filters [name=text]").fill("member-09999")
    assert page.locator("#map-rows tr").count() == 1
    page.locator("#filters [name=account]").fill("member-00003")
    assert shown(page) == 4
    page.locator("#filters [name=account]").fill("")
    page.locator("#filters [name=text]").fill("service-96-1")
    assert 0 < shown(page) <= 200
    assert "of 13,336 findings" in page.locator("#findings-count").inner_text()
    page.locator("#filters button[type=reset]").click()
    expect(page.locator(ROWS)).to_have_count(200)
    page.locator("#findings-more").click()
    assert shown(page) == 400
    assert opened.complaints == []


def test_a_live_page_loads_itself_again_and_keeps_its_filters(renderer, tmp_path, window):
    folder = render(renderer, tmp_path / "live", sample.small(), refresh=1)
    page = window(viewport=DESK).open(folder)
    page.locator("#filters [name=check]").select_option("alarmMuted")
    with page.expect_event("load"):
        page.evaluate("document.activeElement.blur()")
    assert page.locator("#filters [name=check]").input_value() == "alarmMuted"
    assert shown(page) == 1


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_live_page_s_notes_are_accessible(size, renderer, tmp_path, window):
    folder = render(renderer, tmp_path / "live", sample.small(), refresh=3600)
    page = window(viewport=size).open(folder)
    assert page.get_by_text("This page is a sample.").is_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
