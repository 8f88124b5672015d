"""Contacts from a file in the browser: sent, named, looked at, imported, told."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from endi_like.jobs import JOBS, Work
from endi_like.models.contacts import ContactImport, Customer, Entity
from endi_like.models.jobs import Job
from endi_like.models.memos import Memo
from endi_like.services.contacts.importing import sent
from endi_like.services.files.naming import leftovers, sweep
from endi_like.services.mail.smtp import Mailer
from tests.factories import make_company, make_member, make_user
from tests.functional.pages import token, words

HEAD = "Nom;Prénom;Courriel;Adresse;Code postal;Ville;Pays;N° TVA;Remarque;Couleur\n"
FILE = (
    HEAD + "Éon;Zoé;zoe@eon.example;1 rue d'Éon;35000;Rennes;Belgique;;Été;bleu\n"
    "Roy;;;;;;;;;\n"
)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}, language="en"))


def send(browser, content=FILE, name="mes contacts.csv", status=303):
    content = content.encode() if isinstance(content, str) else content
    return browser.post(
        "/contacts/import/files/",
        {"csrf_token": token(browser)},
        upload_files=[("file", name, content)],
        status=status,
    )


def mapping_form(page):
    return next(form for form in page.forms.values() if "column-0" in form.fields)


def pressed(page, action="start", status=303, whole=False, company="", **columns):
    form = mapping_form(page)
    for name, value in columns.items():
        form[name.replace("_", "-")] = value
    form["whole"], form["company"] = whole, company
    return form.submit("action", value=action, status=status)


@pytest.fixture
def work(app, connection, db, clock):
    """Return a function that does the job of an import."""
    settings = app.registry["settings.typed"]

    def look():
        return Session(connection, join_transaction_mode="create_savepoint")

    def do():
        job = db.scalars(select(Job).where(Job.name == sent.IMPORT_JOB)).one()
        done = Work(db, look, settings, clock, Mailer(settings))
        JOBS[job.name].run(done, **json.loads(job.payload))
        db.commit()

    return do


def only(db):
    return db.scalars(select(ContactImport)).one()


def count(db, kind):
    return db.scalar(select(func.count()).select_from(kind))


def refused_rows(page):
    answer = page.click("Refused lines")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.body.decode())))


def test_a_file_goes_all_the_way(manager, db, work):
    page = send(manager).follow()
    form = mapping_form(page)
    chosen = [form[f"column-{place}"].value for place in range(10)]
    assert chosen == [
        *("last_name", "first_name", "email", "line_one", "postal_code", "city"),
        *("country", "vat_number", "note", ""),
    ]
    waiting = pressed(page).follow()
    assert "are being imported" in words(waiting)
    assert waiting.headers["Refresh"] == "2"
    work()
    done = manager.get(waiting.request.path)
    assert "All of it is imported." in words(done)
    zoe, roy = db.scalars(select(Entity).order_by(Entity.id))
    assert (zoe.name, zoe.kind, zoe.country) == ("Zoé Éon", "person", "BE")
    assert (zoe.email, zoe.city, zoe.postal_code) == (
        "zoe@eon.example",
        "Rennes",
        "35000",
    )
    assert zoe.addresses[0].country == "BE"
    assert (roy.name, roy.country, roy.language) == ("Roy", "FR", "fr")
    assert roy.addresses == roy.elements == []
    assert zoe.control_code != roy.control_code
    assert db.scalars(select(Memo.text)).all() == ["Été"]


def test_how_far_it_is_is_told(manager, db):
    page = pressed(send(manager).follow()).follow()
    assert "Read so far" in words(page)
    run = only(db)
    run.done = run.total
    db.commit()
    stored = manager.get(page.request.path)
    assert "being stored" in words(stored)
    assert "Read so far" not in words(stored)


def test_what_is_wrong_is_seen_before_and_kept_after(manager, db, work):
    content = (
        "name,country,account number,email\n"
        "Élan,Atlantis,A1,\n,FR,,\nRoy,FR,A2,roy@example\nÉon,FR,A3,\nAa,FR,a 3,\n"
    )
    page = send(manager, content).follow()
    said = words(page)
    assert "“Atlantis” is no country we know" in said
    assert "There is no name." in said
    assert "“roy@example” is no e-mail address." in said
    assert "“a 3” is that of line 5 already." in said
    pressed(page)
    work()
    page = manager.get(f"/contacts/import/{only(db).id}")
    assert "Some lines were refused; the rest is imported." in words(page)
    rows = refused_rows(page)
    assert rows[0] == ["name", "country", "account number", "email", "reason"]
    assert [row[0] for row in rows[1:]] == ["Élan", "", "Roy", "Aa"]
    account = db.scalars(select(Customer)).one()
    assert (account.number, account.company.code) == ("A3", "OWN")


def test_all_or_nothing(manager, db, work):
    page = send(manager, "name,country\nÉlan,FR\nRoy,Atlantis\n").follow()
    pressed(page, whole=True)
    work()
    assert "Nothing was imported" in words(
        manager.get(f"/contacts/import/{only(db).id}")
    )
    assert count(db, Entity) == 0
    assert (only(db).imported, only(db).refused) == (0, 1)


def test_the_same_file_again_is_refused_by_its_codes(manager, db, work):
    content = "name,control code\nÉlan,X-1\n"
    pressed(send(manager, content).follow())
    work()
    db.execute(delete(Job))
    page = send(manager, content).follow()
    assert "“X-1” is stored already." in words(page)


def test_who_may_be_there_already_is_named(manager, db, work):
    content = "first name,last name,email\nZoé,Éon,zoe@eon.example\n"
    pressed(send(manager, content).follow())
    work()
    page = send(manager, content.replace("Zoé", "Z.")).follow()
    assert "This may be Zoé Éon, who is there already:" in words(page)
    assert "Goes in" in words(page)


def test_accounts_go_to_the_company_that_is_named(manager, db, work):
    company = make_company(db, code="ELAN")
    page = send(manager, "name,account number,class\nÉon,7,Kunde\n").follow()
    refused = pressed(page, company="NOBODY", status=200)
    assert "There is no company NOBODY." in words(refused)
    pressed(refused, company="ELAN")
    work()
    assert db.scalars(select(Customer)).one().company == company


def test_columns_are_looked_at_again(manager, db):
    page = send(manager, "a,b\nÉlan,x\n").follow()
    assert "There is no name." in words(page)
    again = pressed(page, "look", 200, column_0="name", column_1="name")
    assert "Two columns are chosen as “Name”." in words(again)
    again = pressed(again, "look", 200, column_0="city", column_1="")
    assert "Say which column has the names." in words(again)
    again = pressed(again, "look", 200, column_0="name")
    assert "Goes in" in words(again)
    assert count(db, Job) == 0


def test_what_was_begun_is_not_begun_twice(manager, db, work):
    page = send(manager).follow()
    pressed(page)
    pressed(page)
    assert count(db, Job) == 1
    work()
    work()
    assert count(db, Entity) == 2


WRITTEN = [
    FILE.encode("latin-1"),
    FILE.encode("utf-8-sig"),
    FILE.replace(";", "\t").encode("utf-16"),
    FILE.replace("\n", "\r\n").encode(),
]


@pytest.mark.parametrize("content", WRITTEN)
def test_files_are_read_as_they_were_written(manager, db, content, work):
    pressed(send(manager, content).follow())
    work()
    names = db.scalars(select(Entity.name).order_by(Entity.id)).all()
    assert names == ["Zoé Éon", "Roy"]


UNUSABLE = [
    (b"", "is empty."),
    (b"\n\n", "The first line does not name any columns."),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "This is no CSV file."),
    (b",".join([b"x"] * 300) + b"\n", "This is no CSV file."),
    (b"x" * 1_500_000, "line 1 has more than a million characters"),
]


@pytest.mark.parametrize(("content", "sentence"), UNUSABLE)
def test_what_cannot_be_imported_is_said(manager, db, content, sentence):
    page = send(manager, content, status="*").maybe_follow()
    assert sentence in page.text
    assert count(db, ContactImport) == 0


def test_a_file_that_is_too_large_is_refused(manager, app, db):
    most = app.registry["settings.typed"].file_mb
    send(manager, b"x\n" * (most * 512 * 1024 + 1), status=413)
    assert count(db, ContactImport) == 0


def test_imports_are_for_whoever_sent_the_file(manager, db, login):
    key = send(manager).location.rpartition("/")[2]
    other = login(make_user(db, roles={"manager"}))
    for path in (key, f"{key}/refused"):
        other.get(f"/contacts/import/{path}", status=404)
    values = {"csrf_token": token(other), "action": "start"}
    other.post(f"/contacts/import/{key}", values, status=404)
    assert "mes contacts.csv" not in other.get("/contacts/import").text
    assert "mes contacts.csv" in manager.get("/contacts/import").text
    for path in ("0", "x", "9" * 30, f"{key}/x", f"{key}/refused", f"{key}/a/b"):
        manager.get(f"/contacts/import/{path}", status=404)


ALLOWED = [
    ({"manager"}, 200),
    ({"accountant"}, 200),
    ({"social_worker"}, 200),
    ({"auditor"}, 403),
    ({"admin"}, (403, 404)),
    (set(), (403, 404)),
]


@pytest.mark.parametrize(("roles", "status"), ALLOWED)
def test_who_may_import(db, login, roles, status):
    browser = login(make_user(db, roles=roles))
    expected = status if isinstance(status, tuple) else (status,)
    assert browser.get("/contacts/import", status="*").status_int in expected
    if status != 200:
        assert send(browser, status="*").status_int in expected


def test_a_member_of_a_company_may_not(db, login):
    browser = login(make_member(db, make_company(db), "self_validate"))
    assert browser.get("/contacts/import", status="*").status_int in (403, 404)


def test_old_files_are_forgotten_and_swept_up(manager, app, db, clock):
    send(manager)
    clock.advance(days=29)
    assert sent.forget_old(db, clock()) == 0
    clock.advance(days=2)
    assert sent.forget_old(db, clock()) == 1
    vault = app.registry["vault"]
    clock.advance(days=400)
    found = leftovers(db, vault, clock())
    assert sweep(db, vault, found) == 1
