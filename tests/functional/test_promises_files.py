"""I4, I5, A2 and A3 for files: inert, in their place, and of nobody else's concern."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from endi_like.models.files import StoredFile
from endi_like.services.files.attachments import used
from tests.attaching import (
    ACTIVE,
    JSON,
    PDF,
    REFUSED,
    SOUND,
    SVG,
    TYPES,
    packed,
    send,
    send_json,
)
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
    move,
)
from tests.functional.pages import post, token, words
from tests.functional.programs import Program
from tests.unit.services.test_file_names import HOSTILE

PLAN = ("plan.pdf", PDF)
MEGABYTE = 1_000_000


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company)


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer)


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, name="Claire Delmas"))


def url(invoice):
    return f"/invoices/{invoice.id}/"


def sent_name(name):
    """Return a name as it can be written into the head of a part."""
    return name.replace('"', "%22").replace("\r\n", "%0D%0A")


@pytest.mark.parametrize("name", SOUND)
def test_I4_whatever_is_fetched_is_stored_and_never_shown(name, invoice, member):
    (told,) = send_json(member, url(invoice), (name, SOUND[name]))["files"]

    found = member.get(told["url"])

    assert found.headers["Content-Disposition"].startswith("attachment; ")
    policy = found.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Cache-Control"] == "no-store"
    assert found.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not {"html", "svg", "javascript"} & set(found.content_type.split("/"))
    assert found.headers["Content-Type"] == told["media_type"]


POLYGLOTS = {
    "gif.gif": b"GIF89a/*" + ACTIVE + b"*/=1;",
    "page.txt": ACTIVE,
    "page.xml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>"
    b"<script>alert(1)</script></html>",
    "drawing.xml": SVG,
    "page.pdf": PDF + ACTIVE,
    "page.csv": b"=cmd|' /C calc'!A0\n" + ACTIVE,
    "mail.eml": b"Content-Type: text/html\r\n\r\n" + ACTIVE,
    "page.zip": packed({"index.html": ACTIVE}),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_I4_what_is_two_things_at_once_is_served_as_the_harmless_one(
    name, invoice, member
):
    (told,) = send_json(member, url(invoice), (name, POLYGLOTS[name]))["files"]

    found = member.get(told["url"])

    assert found.body == POLYGLOTS[name]
    assert found.content_type not in ("text/html", "image/svg+xml", "text/xml")
    assert found.headers["Content-Disposition"].startswith("attachment; ")
    assert found.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("name", REFUSED)
def test_I4_what_is_not_kept_is_refused_with_a_sentence(name, invoice, member, app, db):
    found = send_json(member, url(invoice), (name, REFUSED[name]), status=422)

    assert name in found["reasons"][0]
    assert list(app.registry["vault"].everything()) == []
    assert db.scalars(select(StoredFile)).all() == []


def test_I4_hostile_names_are_metadata_and_nothing_is_written_elsewhere(
    invoice, member, app, tmp_path
):
    for name in HOSTILE:
        if "\x00" in name or not name:
            continue
        answer = send(
            member, url(invoice), (sent_name(name), b"text"), status="*", headers=JSON
        )
        assert answer.status_int in (201, 400, 422), (name, answer.text)
        for told in answer.json.get("files", []):
            found = member.get(told["url"])
            assert found.body == b"text"
            assert "\n" not in found.headers["Content-Disposition"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    names = {kept.name for kept in app.registry["vault"].everything()}
    assert {path.name for path in written} == names
    assert all(path.is_relative_to(tmp_path / "files") for path in written)
    page = member.get(url(invoice))
    assert page.html.select("#files-kept script") == []


@pytest.mark.parametrize("name", ["a\x00b.pdf", "a\r\nX-Evil: 1.pdf", "\x1b[31m.pdf"])
def test_I4_a_name_with_controls_is_refused_or_loses_them(name, invoice, member):
    body = (
        b"--B\r\nContent-Disposition: form-data; name=csrf_token\r\n\r\n"
        + token(member).encode()
        + b'\r\n--B\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + PDF
        + b"\r\n--B--\r\n"
    )
    kind = "multipart/form-data; boundary=B"

    answer = member.post(f"{url(invoice)}files/", body, content_type=kind, status="*")

    assert answer.status_int in (303, 400)
    assert "X-Evil" not in answer.headers
    listed = member.get(url(invoice), headers=JSON).json["files"]
    assert all(one["name"].isprintable() for one in listed)


@pytest.fixture
def limited(app, monkeypatch):
    """Have the organisation keep 2 MB, and 1 MB in a file."""
    small = replace(app.registry["settings.typed"], file_mb=1, quota_mb=2)
    monkeypatch.setitem(app.registry, "settings.typed", small)


@pytest.mark.usefixtures("limited")
def test_I4_what_is_too_large_is_refused(invoice, member, app):
    fits = PDF + bytes(MEGABYTE - len(PDF))
    send_json(member, url(invoice), ("fits.pdf", fits))

    found = send_json(member, url(invoice), ("large.pdf", fits + b"x"), status=422)

    assert found["reasons"] == ["“large.pdf” is too large: a file has at most 1 MB."]
    much = send_json(member, url(invoice), ("a.pdf", fits + fits), status=413)
    assert "At most 2 MB" in much["reasons"][0]
    assert len(list(app.registry["vault"].everything())) == 1


@pytest.mark.usefixtures("limited")
def test_I4_the_quota_of_the_organisation_holds(db, customer, invoice, member, login):
    half = PDF + bytes(MEGABYTE - len(PDF))
    first = send_json(member, url(invoice), ("1.pdf", half))["files"][0]
    send_json(member, f"/customers/{customer.id}/", ("2.pdf", half[:-1] + b"x"))
    post(member, first["url"].rpartition("/")[0] + "/remove", {})

    found = send_json(member, url(invoice), ("3.pdf", PDF), status=422)

    assert "There is no room for more files" in found["reasons"][0]
    assert used(db) == 2 * MEGABYTE
    admin = login(make_user(db, roles={"admin"}))
    assert "2 MB of 2 MB" in words(admin.get("/organisation/1/"))


def test_I4_files_are_not_sent_to_other_addresses(invoice, member):
    large = PDF + bytes(5 * MEGABYTE)
    values = {"csrf_token": token(member), "version": "1", "action": "submit"}
    files = [("file", "a.pdf", large)]

    member.post(f"{url(invoice)}do", values, upload_files=files, status=413)

    send_json(member, url(invoice), files[0][1:])


LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>"
    % (n, *[n - 1] * 10)
    for n in range(1, 12)
)
XML_BOMBS = {
    "a billion laughs": LAUGHS + b"]><x>&a11;</x>",
    "quadratic": b"<!DOCTYPE x [<!ENTITY a '"
    + b"x" * 50_000
    + b"'>]><x>"
    + b"&a;" * 50_000
    + b"</x>",
    "a file of ours": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    "a page elsewhere": b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'><x/>",
    "a parameter": b"<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/'> %a;]><x/>",
    "an inclusion": b"<x xmlns:xi='http://www.w3.org/2001/XInclude'>"
    b"<xi:include href='file:///etc/passwd' parse='text'/></x>",
    "depth": b"<x>" * (10_000_000 // 3),
}


@pytest.mark.parametrize("bomb", XML_BOMBS)
def test_I5_xml_is_kept_as_a_text_and_never_read(bomb, invoice, member):
    data = XML_BOMBS[bomb]
    files = {
        "a.xml": data,
        "a.docx": packed({TYPES: data, "word/document.xml": data}),
        "a.xlsx": packed({TYPES: data, "xl/workbook.xml": data}),
        "a.odt": packed(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": data,
            }
        ),
    }
    began = time.monotonic()

    sent = [send_json(member, url(invoice), one)["files"] for one in files.items()]

    assert time.monotonic() - began < 5
    told = [found[-1] for found in sent]
    assert [member.get(one["url"]).body for one in told] == list(files.values())
    assert told[0]["media_type"] == "text/plain"


ACCESS = """
              list  fetch attach remove restore
member        200   200   201    200    200
manager       200   200   201    200    200
accountant    200   200   201    200    200
auditor       200   200   403    403    403
elsewhere     404   404   404    404    404
admin         404   404   404    404    404
nobody        404   404   404    404    404
"""
OF_CUSTOMERS = ACCESS.replace(
    "accountant    200   200   201    200    200",
    "accountant    200   200   403    403    403",
)
TABLES = {"invoices": ACCESS, "customers": OF_CUSTOMERS}


@pytest.fixture
def people(db, company):
    """One of each kind of person; *elsewhere* has every right in another company."""
    roles = ("manager", "accountant", "auditor", "admin")
    there = make_company(db)
    return {
        "member": make_member(db, company),
        "elsewhere": make_member(db, there, "record_payment", "self_validate"),
        "nobody": make_user(db),
        **{role: make_user(db, roles={role}) for role in roles},
    }


def asked(browser, record, told):
    """Return what a person is answered, by what they ask."""
    base = told["url"].rpartition("/")[0]
    head = {**JSON, "X-CSRF-Token": token(browser)}
    yield browser.get(f"{record}files/", headers=JSON, status="*")
    yield browser.get(told["url"], status="*")
    yield send(browser, record, ("more.pdf", PDF), status="*", headers=JSON)
    for move_to in ("remove", "restore"):
        yield browser.post_json(f"{base}/{move_to}", {}, headers=head, status="*")


@pytest.mark.parametrize("kind", TABLES)
def test_A2_who_may_do_what_with_files(kind, invoice, customer, people, login, member):
    node = {"invoices": invoice, "customers": customer}[kind]
    record = f"/{kind}/{node.id}/"
    (told,) = send_json(member, record, PLAN)["files"]
    _head, *rows = [line.split() for line in TABLES[kind].strip().splitlines()]
    assert {row[0] for row in rows} == set(people)
    for who, *statuses in rows:
        answers = list(asked(login(people[who]), record, told))
        assert (who, [str(one.status_int) for one in answers]) == (who, statuses)


def test_A2_a_stranger_is_asked_who_it_is(invoice, member, visitor):
    (told,) = send_json(member, url(invoice), PLAN)["files"]

    assert "/login" in visitor.get(told["url"], status=303).location
    visitor.get(told["url"], headers=JSON, status=401)


LOCKED = """
who       state file    remove
member    draft own     yes
member    draft others  yes
member    wait  own     yes
member    wait  others  no
member    valid own     yes
member    valid others  no
manager   draft others  yes
manager   wait  others  yes
manager   valid others  yes
accountant valid own    yes
accountant valid others no
"""


@pytest.mark.parametrize(
    ("who", "state", "whose", "expected"),
    [line.split() for line in LOCKED.strip().splitlines()[1:]],
)
def test_A2_of_a_locked_document_one_removes_ones_own_unless_one_manages(
    who, state, whose, expected, db, customer, people, login, member
):
    invoice = make_invoice(db, customer)
    browser = login(people[who])
    owner = browser if whose == "own" else member
    (told,) = send_json(owner, url(invoice), PLAN)["files"]
    base = told["url"].rpartition("/")[0]
    for action in {"wait": ("submit",), "valid": ("submit", "validate")}.get(state, ()):
        move(db, invoice, action)

    page = browser.get(url(invoice))
    answer = post(browser, f"{base}/remove", {}, status="*")

    offered = page.html.select(f"form[action='{base}/remove']")
    assert bool(offered) is (expected == "yes")
    assert answer.status_int == (303 if expected == "yes" else 403)
    if expected == "no":
        assert "only who has attached the file" in answer.text
    else:
        post(browser, f"{base}/restore", {})
    send_json(browser, url(invoice), ("later.pdf", PDF))


def test_A3_a_file_is_not_to_be_had_by_the_address_of_another_record(
    db, invoice, company, login, member
):
    (told,) = send_json(member, url(invoice), PLAN)["files"]
    elsewhere = make_company(db)
    spy = login(make_member(db, elsewhere))
    own = make_invoice(db, make_customer(db, elsewhere))
    send_json(spy, url(own), PLAN)
    name = f"files/{told['id']}/{told['name']}"
    for record in (url(own), f"/customers/{own.account_id}/"):
        assert spy.get(record + name, status=404)
        for action in ("remove", "restore"):
            post(spy, f"{record}files/{told['id']}/{action}", {}, status=404)
    sibling = make_invoice(db, invoice.account)
    member.get(url(sibling) + name, status=404)
    assert member.get(told["url"]).body == PDF


def test_A3_of_a_customer_of_two_companies_each_sees_its_own_files(
    db, customer, login, member
):
    there = make_company(db)
    other = make_customer(db, there, customer.entity)
    here = f"/customers/{customer.id}/"
    (told,) = send_json(member, here, ("contract.pdf", PDF))["files"]
    spy = login(make_member(db, there))
    beside = f"/customers/{other.id}/"

    assert "contract.pdf" not in spy.get(beside).text
    assert spy.get(beside, headers=JSON).json["files"] == []
    spy.get(f"{beside}files/{told['id']}/contract.pdf", status=404)
    (own,) = send_json(spy, beside, ("contract.pdf", PDF + b"2"))["files"]
    assert own["version"] == 1
    assert len(member.get(here, headers=JSON).json["files"]) == 1


def test_A12_a_token_that_may_only_look_fetches_and_does_not_attach(
    db, invoice, people, member, app
):
    (told,) = send_json(member, url(invoice), PLAN)["files"]
    reader = Program(app, db, people["member"], read_only=True)

    assert reader.get(told["url"]).body == PDF
    base = told["url"].rpartition("/")[0]
    reader.post(f"{base}/remove", {}, status=403)
    member.post(
        f"{url(invoice)}files/",
        {},
        upload_files=[("file", *PLAN)],
        headers=reader.headers,
        status=403,
    )
    writer = Program(app, db, people["member"])
    answer = member.post(
        f"{url(invoice)}files/",
        {"description": "By a program"},
        upload_files=[("file", "by.pdf", PDF)],
        headers=writer.headers,
        status=201,
    )
    assert answer.json["files"][0]["description"] == "By a program"


def test_A6_no_file_is_attached_without_the_token(invoice, member, app):
    files = [("file", *PLAN)]

    member.post(f"{url(invoice)}files/", {}, upload_files=files, status=400)

    assert list(app.registry["vault"].everything()) == []
