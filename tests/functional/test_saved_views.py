"""Saved views of lists: kept, shared, preset, and never more than one may see."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from endi_like.models.saved_views import SavedView
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.pages import save, token, words
from tests.functional.programs import Program

LISTS = ("invoices", "estimations", "credit-notes", "businesses", "contacts")
HOSTILE = "%26".join(
    ["paid_status%3Dopen", "after%3Dx", "nonsense%3D1", "sort%3D-ttc", "min%3DNaN"]
)


@pytest.fixture
def owner(db):
    return make_user(db, name="Max Manager", roles={"manager"})


@pytest.fixture
def manager(owner, login):
    return login(owner)


def make_view(db, owner, **columns):
    defaults = {"collection": "invoices", "name": "Late ones", "query": "late=1"}
    view = SavedView(owner_id=owner.id, **{**defaults, **columns})
    db.add(view)
    db.flush()
    return view


def opens_with(browser, view):
    """Press the button that has the list of a view open with it, or not any more."""
    page = browser.get("/saved-views/")
    action = f"/saved-views/{view.id}/preset"
    (form,) = [one for one in page.forms.values() if one.action == action]
    return form.submit("opens").follow()


def offered(page):
    return {
        one.get_text(" ", strip=True): one["href"]
        for one in page.html.select(".menu a")
        if "/saved-views/" not in one["href"] and "export" not in one["href"]
    }


def asked(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_keeps_what_it_is_asked_under_a_name(db, manager, name):
    page = manager.get(f"/{name}/?sort=nonsense")
    form = manager.get(page.html.select_one("a[href*='saved-views/add']")["href"])
    save(form, name="Mine").follow()
    view = db.scalars(select(SavedView)).one()
    assert (view.collection, view.name, view.query) == (name, "Mine", "")
    assert "Mine" in offered(manager.get(f"/{name}/"))


def test_what_the_list_does_not_know_is_dropped(db, manager):
    form = manager.get(f"/saved-views/add?list=invoices&query={HOSTILE}")
    answer = save(form, name="To be paid")
    view = db.scalars(select(SavedView)).one()
    assert view.query == "paid_status=open&sort=-ttc"
    assert asked(answer.location) == {"paid_status": "open", "sort": "-ttc"}


def test_what_is_stored_and_no_longer_known_is_dropped_as_well(db, owner, manager):
    make_view(db, owner, query="late=1&gone=2&validation_status=lost&page=9&view=%00")
    found = offered(manager.get("/invoices/"))
    assert asked(found["Late ones"]) == {"late": "1"}


@pytest.mark.parametrize("query", ["&" * 5000, "q=" + "x" * 5000, "%ff%00=%00"])
def test_nonsense_is_kept_as_nothing(manager, query):
    form = manager.get("/saved-views/add", {"list": "invoices", "query": query})
    save(form, name="Nonsense")


def test_a_list_opens_with_the_view_that_is_preset(db, owner, manager):
    opens_with(manager, make_view(db, owner, name="Before"))
    form = manager.get("/saved-views/add?list=invoices&query=kind%3Dinvoice")
    save(form, name="Now", preset=True)
    opened = manager.get("/invoices/", status=303)
    assert asked(opened.location) == {"kind": "invoice"}
    everything = opened.follow().html.select_one(".tabs a")["href"]
    assert everything == "/invoices/?view=all"
    assert "Now" in offered(manager.get(everything))
    assert manager.get("/invoices/?fmt=json").json["count"] == 0
    rows = manager.get("/saved-views/?fmt=json").json["views"]
    assert {one["name"]: one["preset"] for one in rows} == {
        "Before": False,
        "Now": True,
    }


def test_whoever_sees_a_view_may_have_the_list_open_with_it(db, owner, manager, login):
    view = make_view(db, owner, role="accountant")
    accountant, other = (login(make_user(db, roles={"accountant"})) for _ in range(2))
    assert "The list opens with it" in words(opens_with(accountant, view))
    assert asked(accountant.get("/invoices/", status=303).location) == {"late": "1"}
    for browser in (manager, other):
        browser.get("/invoices/", status=200)
    own = accountant.get("/saved-views/add?list=invoices&query=kind%3Dinvoice")
    save(own, name="Mine", preset=True)
    assert "kind=invoice" in accountant.get("/invoices/", status=303).location
    opens_with(accountant, view)
    assert "The list opens without it" in words(opens_with(accountant, view))
    accountant.get("/invoices/", status=200)
    opens_with(accountant, view)
    view.role = None
    db.flush()
    accountant.get("/invoices/", status=200)
    values = {"csrf_token": token(accountant), "opens": "1"}
    accountant.post(f"/saved-views/{view.id}/preset", values, status=404)


def test_a_view_that_is_gone_opens_no_list(db, owner, manager, login):
    view = make_view(db, owner, role="accountant")
    accountant = login(make_user(db, roles={"accountant"}))
    for browser in (manager, accountant):
        opens_with(browser, view)
        browser.get("/invoices/", status=303)
    values = {"csrf_token": token(manager)}
    manager.post(f"/saved-views/{view.id}/delete", values, status=303)
    for browser in (manager, accountant):
        browser.get("/invoices/", status=200)


def test_members_of_companies_are_shared_with_and_nobody_else_is(
    db, owner, manager, login
):
    form = manager.get("/saved-views/add?list=invoices&query=late%3D1")
    assert "members of companies" in form
    save(form, name="For members", role="member")
    member = login(make_member(db, make_company(db)))
    assert "For members Max Manager" in offered(member.get("/invoices/"))
    (row,) = member.get("/saved-views/?fmt=json").json["views"]
    assert (row["role"], row["mine"]) == ("member", False)
    assert "members of companies" in words(member.get("/saved-views/"))
    member.get(row["url"], status=303)
    member.get(f"{row['url']}edit", status=403)
    accountant = login(make_user(db, roles={"accountant"}))
    assert "For members" not in accountant.get("/invoices/")
    accountant.get(row["url"], status=404)


def test_a_program_chooses_what_a_list_opens_with(app, db, owner):
    view = make_view(db, owner, role="member")
    program = Program(app, db, make_member(db, make_company(db)))
    url = f"/saved-views/{view.id}/"
    for opens in (True, False):
        assert program.post(f"{url}preset", {"opens": opens}).json["said"]
        assert program.get(url).json["preset"] is opens


def test_only_who_may_share_is_asked_with_whom(db, owner, manager, login):
    form = manager.get("/saved-views/add?list=invoices&query=late%3D1")
    save(form, name="For accountants", role="accountant")
    accountant = login(make_user(db, roles={"accountant"}))
    page = accountant.get("/invoices/")
    assert "For accountants Max Manager" in offered(page)
    form = accountant.get("/saved-views/add?list=invoices&query=")
    assert "Shared with" not in form
    auditor = login(make_user(db, roles={"auditor"}))
    assert "For accountants" not in auditor.get("/invoices/")
    owner.roles = frozenset({"accountant"})
    db.flush()
    assert "For accountants" not in accountant.get("/invoices/")


def test_a_program_saves_one_and_shares_only_what_it_may(app, db, owner):
    path = "/saved-views/add?list=invoices&query=late%3D1"
    sent = {"name": "Mine", "preset": False, "role": "admin"}
    member = make_member(db, make_company(db))
    Program(app, db, member).post(path, sent, expect_errors=True)
    assert not [one for one in db.scalars(select(SavedView)) if one.role]
    program = Program(app, db, owner)
    made = program.post(path, sent, status=201).json
    (row,) = program.get("/saved-views/").json["views"]
    assert (row["url"], row["role"]) == (made["url"], "admin")
    program.post(f"{row['url']}edit", {"version": made["version"], "role": None})
    assert program.get(row["url"]).json["role"] is None
    program.post(f"{row['url']}delete", {})
    assert program.get("/saved-views/").json["views"] == []


def test_those_of_others_are_not_there(db, owner, login):
    view = make_view(db, owner)
    shared = make_view(db, owner, name="Shared", role="accountant")
    accountant = login(make_user(db, roles={"accountant"}))
    for path in ("", "edit"):
        accountant.get(f"/saved-views/{view.id}/{path}", status=404)
    accountant.get(f"/saved-views/{shared.id}/", status=303)
    accountant.get(f"/saved-views/{shared.id}/edit", status=403)
    rows = accountant.get("/saved-views/?fmt=json").json["views"]
    assert [(one["name"], one["mine"]) for one in rows] == [("Shared", False)]


def test_a_view_finds_what_its_reader_may_see_alone(db, owner, login):
    company = make_company(db)
    make_invoice(db, make_customer(db, company), status="valid")
    stranger = make_customer(db, name="Secret bakery")
    make_invoice(db, stranger, status="valid")
    member = make_member(db, company)
    member.roles = frozenset({"auditor"})
    query = f"customer={stranger.id}"
    make_view(db, owner, name="Theirs", query=query, role="auditor")
    make_view(db, owner, name="Users", collection="jobs", query="", role="accountant")
    outsider = login(make_user(db, roles={"accountant"}))
    assert "Users" not in outsider.get("/saved-views/")
    member.roles = frozenset()
    db.flush()
    page = login(member).get(f"/invoices/?{query}")
    assert "Secret bakery" not in page
    assert not page.html.select("tbody a.rec")


def test_what_is_shared_is_gone_with_who_shared_it(db, owner, login):
    shared = make_view(db, owner, role="accountant")
    accountant = login(make_user(db, roles={"accountant"}))
    assert "Late ones" in accountant.get("/invoices/")
    owner.active = False
    db.flush()
    for path in ("/invoices/", "/saved-views/"):
        assert "Late ones" not in accountant.get(path)
    accountant.get(f"/saved-views/{shared.id}/", status=404)


def test_who_lost_the_list_keeps_the_view_and_is_not_shown_it(db, login):
    auditor = make_user(db, roles={"admin"})
    view = make_view(db, auditor, collection="jobs", query="")
    browser = login(auditor)
    form = browser.get(f"/saved-views/{view.id}/edit")
    auditor.roles = frozenset({"accountant"})
    db.flush()
    save(form, name="Other", status=404)
    browser.get(f"/saved-views/{view.id}/edit", status=404)
    assert view.name == "Late ones"


def test_it_is_renamed_and_deleted_by_its_owner(db, owner, manager):
    view = make_view(db, owner)
    make_view(db, owner, name="Taken")
    assert "Late ones" in manager.get("/saved-views/")
    form = manager.get(f"/saved-views/{view.id}/edit")
    assert "with that name already" in save(form, name="Taken", status=422)
    save(form, name="Very late")
    assert view.name == "Very late"
    page = manager.get("/saved-views/")
    form = next(
        one for one in page.forms.values() if one.action.endswith(f"{view.id}/delete")
    )
    assert "The view is deleted." in form.submit().follow()
    assert [one.name for one in db.scalars(select(SavedView))] == ["Taken"]


def test_what_others_use_is_not_deleted_by_one_press(db, owner, manager):
    shared, own = (
        make_view(db, owner, role="accountant"),
        make_view(db, owner, name="x"),
    )
    page = manager.get("/saved-views/").html
    asked = [one["action"] for one in page.select("details[data-ask] form")]
    assert asked == [f"/saved-views/{shared.id}/delete"]
    assert page.select_one(f"td > div > form[action='/saved-views/{own.id}/delete']")


def test_they_are_in_the_order_of_the_language(db, login):
    reader = make_user(db, roles={"manager"}, language="de")
    for name in ("invoices", "estimations", "customers"):
        make_view(db, reader, collection=name, query="")
    page = login(reader).get("/saved-views/").html
    lists = [row.td.text for row in page.select("table.rows tbody tr")]
    assert lists == ["Angebote", "Kunden", "Rechnungen"]


def test_without_a_list_or_one_of_others_there_is_nothing_to_save(login, db):
    member = login(make_member(db, make_company(db)))
    for name in ("", "nonsense", "saved-views", "mail-templates", "users"):
        member.get(f"/saved-views/add?list={name}", status=404)


def test_the_same_as_json(db, owner, manager):
    view = make_view(db, owner)
    found = manager.get(f"/saved-views/{view.id}/?fmt=json").json
    assert found["opens"] == "/invoices/?late=1"
    assert (found["list"], found["mine"], found["version"]) == ("invoices", True, 1)
