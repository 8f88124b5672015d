"""The search of the directory in a browser: its page, its files, its JSON."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.factories import make_customer, make_entity, make_member, make_user


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles=["manager"], language="en"))


@pytest.fixture
def known(db):
    """Return three entities: two near Rennes, one in Berlin with a vendor account."""
    vendor = make_customer(
        db,
        name="Zinc GmbH",
        class_="vendor",
        number="V 77 1",
        country="DE",
        place={"city": "Berlin", "country": "DE"},
    )
    return [
        make_entity(db, "Marble; Fils", email="info@marble.example", stage="Lead"),
        make_entity(db, "Étoile Marine", phone="+33 1 42 68 00 00"),
        vendor.entity,
    ]


def lines(page):
    rows = page.html.select("[data-rows] tbody tr")
    return [
        " | ".join(cell.get_text(" ") for cell in row.select("th, td")) for row in rows
    ]


def found(browser, path="/contacts/", **asked):
    answer = browser.get(f"{path}?{urlencode(asked | {'fmt': 'json'})}").json
    return [row["name"] for row in answer["rows"]]


def test_the_page_says_how_each_field_matches_and_what_is_found(manager, known):
    page = manager.get("/contacts/?name=mar&sort=-name")

    assert [line.split(" | ")[0] for line in lines(page)] == [
        "Marble; Fils",
        "Étoile Marine",
    ]
    box = page.html.select_one("input[name=name]")
    assert "start of a word" in page.html.find(id=box["aria-describedby"]).text
    countries = page.html.select("select[name=country] option")
    assert [one["value"] for one in countries] == ["", "FR", "DE"]
    classes = [one["value"] for one in page.html.select("select[name=class] option")]
    assert {"customer", "vendor", "Lead"} <= set(classes)
    mail = page.html.find("a", href=lambda href: (href or "").startswith("mailto:"))
    assert mail["href"] == "mailto:?bcc=info@marble.example"


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("account_number=v77", "Account: V 77 1"),
        ("phone=426", None),
        ("email=INFO@", None),
        ("address=michel&city=berl", "Address: 3 place Saint-Michel, 22000 Berlin, DE"),
    ],
)
def test_a_line_says_what_matched_where_the_row_does_not(manager, known, asked, line):
    page = manager.get(f"/contacts/?{asked}")

    (row,) = page.html.select("[data-rows] tbody tr")
    below = row.select_one("th small")
    assert (below.text if below else None) == line


def test_what_finds_nothing_offers_to_remove_the_filters(manager, known):
    page = manager.get("/contacts/?name=nobody")

    assert "Nothing matches these filters" in page.html.text
    assert "at least three digits" in manager.get("/contacts/?phone=42").html.text


def test_json_is_followed_to_the_last_row(manager, db):
    for number in range(120):
        make_entity(db, f"Number {number:03}")
    answer = manager.get("/contacts?name=number&fmt=json").json
    names, pages = [row["name"] for row in answer["rows"]], 1
    while answer["next"]:
        answer = manager.get(answer["next"]).json
        names += [row["name"] for row in answer["rows"]]
        pages += 1

    assert names == [f"Number {number:03}" for number in range(120)]
    assert (answer["total"], pages) == (120, 3)
    second = manager.get("/contacts/?name=number&page=2&fmt=json").json
    assert [row["name"] for row in second["rows"]] == names[50:100]
    assert {"id", "control_code", "name", "url"} <= second["rows"][0].keys()


def test_accounts_are_listed_by_the_same_fields(manager, known):
    page = manager.get("/contacts/accounts?city=berl")

    (line,) = lines(page)
    assert "V 77 1" in line
    assert "Zinc GmbH" in line
    assert found(manager, "/contacts/accounts", city="berl") == ["Zinc GmbH"]
    assert found(manager, "/contacts/accounts", city="renn") == []
    assert "saved-views" not in page, "a saved view is of the contacts"
    back = page.html.find("a", string="Contacts", href="/contacts/?city=berl")
    assert back is not None
    assert b"V 77 1" in manager.get("/contacts/accounts.csv?city=berl").body
    assert manager.get("/contacts/accounts.xlsx").body.startswith(b"PK")


def test_files_hold_all_that_is_found(manager, known):
    sheet = manager.get("/contacts/export.csv?name=mar").body.decode("utf-8-sig")
    cards = manager.get("/contacts/export.vcf?name=mar")

    assert len(sheet.splitlines()) == 3
    assert manager.get("/contacts/export.xlsx").body.startswith(b"PK")
    assert cards.content_type == "text/vcard"
    text = cards.body.decode()
    assert text.count("BEGIN:VCARD\r\nVERSION:4.0\r\n") == 2
    assert "FN:Marble\\; Fils\r\n" in text
    assert "TEL:+33 1 42 68 00 00\r\n" in text
    assert all(len(line) <= 75 for line in cards.body.split(b"\r\n"))


def test_a_member_finds_those_behind_the_own_accounts_only(db, login, known):
    company = known[2].accounts[0].company
    browser = login(make_member(db, company, language="en"))
    stranger = login(make_user(db))

    assert found(browser) == ["Zinc GmbH"]
    page = browser.get("/contacts/")
    countries = page.html.select("select[name=country] option")
    assert [one["value"] for one in countries] == ["", "DE"]
    assert b"Marble" not in browser.get("/contacts/export.vcf").body
    assert stranger.get("/contacts/", expect_errors=True).status_int in (403, 404)


@pytest.mark.parametrize("path", ["/contacts/", "/contacts/accounts"])
@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_lists_speak_other_languages(db, login, known, path, language):
    browser = login(make_user(db, roles=["manager"], language=language))
    page = browser.get(f"{path}?class=vendor&country=DE")

    assert "start of a word" not in page.text
    assert "Berlin" in page.text
