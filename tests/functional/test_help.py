"""What the program says about itself: the help pages and the style guide."""

from __future__ import annotations

import re

import pytest

from endi_like.templating import STATIC
from tests.factories import make_company, make_member, make_user

PAGES = ("/help/workflows", "/help/keyboard", "/styleguide")
ICONS = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
MACHINES = [
    *("Validation", "Signature", "Payment", "Closure"),
    *("State of the project", "State of the business", "State in the catalogue"),
    "Reception",
]


@pytest.fixture
def browser(db, login):
    """Return the browser of a manager."""
    return login(make_user(db, roles=["manager"]))


@pytest.mark.parametrize("address", PAGES)
def test_everybody_who_is_logged_in_may_read_them(db, login, visitor, address):
    member = login(make_member(db, make_company(db)))
    assert member.get(address).html.find("h1")
    assert visitor.get(address, status="3*").location.startswith("http")


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_what_the_policy_forbids(browser, address):
    html = browser.get(address).text
    assert not re.findall(r"\sstyle=|<script>|\son\w+=", html)


@pytest.mark.parametrize("address", PAGES)
def test_every_icon_shown_is_in_the_sprite(browser, address):
    html = browser.get(address).text
    shown = set(re.findall(r'icons\.svg\?v=\w+#([^"]*)"', html))
    assert shown
    assert shown <= ICONS


@pytest.mark.parametrize("address", PAGES)
def test_labels_point_at_what_is_there_and_no_id_is_given_twice(browser, address):
    page = browser.get(address).html
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(set(ids)) == len(ids)
    for name in ("aria-labelledby", "aria-describedby", "for"):
        for tag in page.find_all(attrs={name: True}):
            assert set(tag[name].split()) <= set(ids)


def test_the_help_page_shows_each_machine_as_picture_and_table(browser):
    page = browser.get("/help/workflows").html
    machines = page.find_all("section", attrs={"aria-labelledby": re.compile("^m-")})
    assert [one.h2.text for one in machines] == MACHINES
    for machine in machines:
        assert machine.find("svg", class_="flow")
        assert machine.find("table")


def row_of(page, action):
    """Return the cells of an action's row, as text."""
    heads = page.find_all("th", scope="row")
    row = next(head.parent for head in heads if head.b and head.b.text == action)
    return [cell.get_text(" ", strip=True) for cell in row.find_all("td")]


def test_a_row_says_from_where_to_where_and_who_may(browser):
    page = browser.get("/help/workflows").html
    assert row_of(page, "Send back") == [
        "Waiting for validation",
        "Sent back",
        "managers",
        "a reason",
    ]
    assert "members who may validate alone" in row_of(page, "Validate")[2]
    assert row_of(page, "Count as settled")[2] == "nobody: it follows from the facts"


def test_a_page_of_the_help_that_is_not_there_is_not_found(browser):
    browser.get("/help/nothing", status=404)
    browser.get("/help", status=404)


def test_the_style_guide_shows_every_status_in_both_sizes(browser):
    page = browser.get("/styleguide").html
    shown = [tag.get_text(strip=True) for tag in page.select(".states .st")]
    for label in ("Draft", "Sent back", "Partly paid", "Closed by decision"):
        assert shown.count(label) == 2


def test_the_menu_offers_what_this_user_may_list_and_write(db, login):
    manager = login(make_user(db, roles=["manager"])).get("/styleguide").html
    auditor = login(make_user(db, roles=["auditor"])).get("/styleguide").html

    def links(page, place):
        return [link["href"] for link in page.select(f"{place} a")]

    assert "/invoices/" in links(manager, ".nav-side")
    assert "/invoices/" in links(auditor, ".nav-side")
    assert "/invoices/add" in links(manager, ".top")
    assert "/invoices/add" not in links(auditor, ".top")
    assert "/users/" in links(auditor, ".nav-side")
    assert "/users/" not in links(manager, ".nav-side")


def test_the_menu_marks_where_one_is(browser):
    page = browser.get("/styleguide").html
    (current,) = page.select(".nav-side [aria-current]")
    assert current["href"] == "/styleguide"


def test_the_top_bar_says_who_one_is_and_lets_one_leave(db, login):
    user = make_user(db, name="Zoé <b>Zwei</b>", roles=["manager", "accountant"])
    page = login(user).get("/styleguide")
    assert "Zoé <b>Zwei</b>" in page.html.find("header").text
    assert "manager, accountant" in page.html.find("header").text
    form = next(form for form in page.forms.values() if form.action == "/logout")
    assert form.method.upper() == "POST"
    assert form["csrf_token"].value


def test_the_page_is_in_the_language_of_the_reader(db, login):
    page = login(make_user(db, language="fr")).get("/styleguide").html
    assert page.html["lang"] == "fr"
    assert "2 330,39" in page.text.replace("\u202f", " ").replace("\xa0", " ")


def test_static_files_are_kept_by_the_browser(browser):
    page = browser.get("/styleguide").html
    addresses = [link["href"] for link in page.find_all("link")]
    addresses += [script["src"] for script in page.find_all("script")]
    assert len(addresses) >= 5
    for address in addresses:
        answer = browser.get(address)
        assert "max-age" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
