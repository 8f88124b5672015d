"""A contact on paper: what its reader may see, in their language, kept nowhere."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.contacts import (
    Address,
    Employment,
)
from endi_like.models.files import StoredFile
from tests.factories import (
    NOW,
    make_company,
    make_entity,
    make_member,
    make_memo,
    make_user,
)
from tests.functional.pages import words
from tests.functional.sharing import shared_contact

HOSTILE = "<script>alert('é & ü')</script>"


@pytest.fixture
def here(db):
    return make_company(db, name="Here Ltd", code="HERE")


@pytest.fixture
def entity(db, here):
    """Return a contact with a row of everything, of its own and of two accounts."""
    there = make_company(db, name="There Ltd", code="THERE")
    iban = "FR7630006000011234567890189"
    entity, mine, _theirs = shared_contact(db, here, there, iban=iban)
    mine.description, mine.terms_days = "Beams", 45
    entity.stage = "Lead"
    entity.addresses[0].city = "Brest"
    entity.employments = [Employment(job_title="Sawyer", number="77")]
    entity.users = [make_user(db, name="Logs In")]
    db.flush()
    return entity


SEEN = """
                   member  manager  auditor
Scierie Le Gall    yes     yes      yes
Lead               yes     yes      yes
Own Street         yes     yes      yes
Mine Street        yes     yes      yes
Theirs Street      no      yes      yes
+33 1 OWN          yes     yes      yes
theirs@x.example   no      yes      yes
MINE-1             yes     yes      yes
Beams              yes     yes      yes
THEIRS-1           no      yes      yes
SLG                yes     yes      yes
Nolwenn Behind     no      yes      yes
Sawyer             yes     yes      yes
FR76 3000 6000     yes     yes      yes
Logs In            no      yes      yes
Own subject        yes     yes      yes
Own memo           yes     yes      yes
Mine memo          yes     yes      yes
Theirs memo        no      yes      yes
"""


def seen_by(who):
    head, *lines = SEEN.strip("\n").splitlines()
    place = head.split().index(who)
    return {line[:19].strip(): line[19:].split()[place] for line in lines}


@pytest.fixture
def browser_of(db, here, login):
    def open_for(who, language="en"):
        if who == "member":
            return login(make_member(db, here, language=language))
        return login(make_user(db, roles=[who], name="Ada", language=language))

    return open_for


def words_of(answer):
    """Return the pages of a PDF as text, blanks as one."""
    pages = PdfReader(BytesIO(answer.body)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


@pytest.mark.parametrize("who", ["member", "manager", "auditor"])
def test_A2_who_prints_has_on_paper_what_they_see(who, entity, browser_of):
    browser, url = browser_of(who), f"/contacts/{entity.id}/"
    link = browser.get(url).html.select_one('a[href$="print.pdf"]')
    assert link.text.strip() == "Print"

    answer = browser.get(link["href"])

    assert answer.content_type == "application/pdf"
    expected = seen_by(who)
    for said in (
        " ".join(words_of(answer)),
        words(browser.get(f"{url}print")),
    ):
        assert {one: "yes" if one in said else "no" for one in expected} == expected


def test_the_paper_says_who_printed_it_when_and_which_page_it_is(
    entity, db, browser_of
):
    entity.addresses += [
        Address(line_one=f"{n} Long Street", country="FR", position=n)
        for n in range(10, 50)
    ]
    db.flush()
    pages = words_of(browser_of("manager").get(f"/contacts/{entity.id}/print.pdf"))

    assert len(pages) > 1
    assert "Printed by Ada on 20 Nov 2026" in pages[0]
    for number, said in enumerate(pages, 1):
        assert f"Page {number} / {len(pages)}" in said
        assert entity.control_code in said


def test_it_is_in_the_language_of_who_prints_it(entity, browser_of):
    said = words_of(browser_of("manager", "fr").get(f"/contacts/{entity.id}/print.pdf"))

    assert "Imprimé par Ada le 20 nov. 2026" in said[0]
    assert "Téléphone, e-mail, web" in said[0]


def test_what_is_typed_is_printed_as_text(entity, db, browser_of):
    entity.addresses[0].line_one = HOSTILE
    entity.other_names[0].name = HOSTILE
    make_memo(db, entity, make_user(db), text=f"{HOSTILE}\nsecond line")
    db.flush()
    browser, url = browser_of("manager"), f"/contacts/{entity.id}/print"

    page = browser.get(url)

    assert not page.html.find("script")
    assert page.text.count("&lt;script&gt;") == 3
    assert HOSTILE in " ".join(words_of(browser.get(f"{url}.pdf")))


def test_private_memos_are_on_no_paper_and_many_are_said_to_be_left_out(
    entity, db, login, monkeypatch
):
    author = make_user(db, roles=["manager"], language="en")
    make_memo(db, entity, author, text="For me alone", private=True)
    browser, url = login(author), f"/contacts/{entity.id}/print"
    assert "For me alone" not in browser.get(url).text
    assert "Older memos are not printed." not in browser.get(url).text

    monkeypatch.setattr("endi_like.services.memos.MOST_SHOWN", 2)

    assert "Older memos are not printed." in browser.get(url).text


def test_nothing_of_it_is_kept(entity, db, app, browser_of):
    browser = browser_of("manager")
    before = entity.version
    browser.get(f"/contacts/{entity.id}/print.pdf")

    assert db.scalars(select(StoredFile)).all() == []
    assert list(app.registry["vault"].everything()) == []
    db.refresh(entity)
    assert entity.version == before


@pytest.mark.parametrize("name", ["print", "print.pdf"])
def test_A2_whoever_may_not_see_it_prints_nothing(name, entity, db, login, browser_of):
    url = f"/contacts/{entity.id}/{name}"
    login(make_member(db, make_company(db))).get(url, status=404)
    entity.confidential = True
    db.flush()
    browser_of("manager").get(url, status=404)
    assert "Confidential" in browser_of("social_worker").get(
        f"/contacts/{entity.id}/print"
    )


def test_a_contact_of_which_only_the_name_is_known_is_one_page(db, browser_of):
    entity = make_entity(db, "Only a name", place={})
    entity.deleted_at = NOW
    db.flush()
    pages = words_of(browser_of("manager").get(f"/contacts/{entity.id}/print.pdf"))

    assert len(pages) == 1
    assert "Only a name" in pages[0]
    assert "In the bin" in pages[0]
