"""A document leaves for its customer by e-mail: from its page, once, with its PDF."""

from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from endi_like.models.contacts import ContactElement
from endi_like.models.files import PRINTOUT, StoredFile
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.mail.message import compose
from endi_like.services.mail.posting import SEND
from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_entity,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
    make_wording,
    move,
)
from tests.functional.pages import document_form, post, save, words
from tests.functional.programs import Program

HOSTILE = "<script>alert('é & ü')</script> {{ 7331 * 3 }} __NUMBER__"
KINDS = ("invoices", "estimations", "credit-notes")


@dataclass
class Place:
    """A company with a customer, and documents of each kind that have their number."""

    company: object
    customer: object
    documents: dict


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan", email="elan@example.org")


@pytest.fixture
def place(db, company):
    customer = make_customer(
        db, company, name="Ville de Brest", language="fr", email="mairie@brest.example"
    )
    return Place(company, customer, documents(db, customer))


def documents(db, customer, **columns):
    invoice = make_invoice(db, customer, status="valid", name="Toiture", **columns)
    credited = make_invoice(db, customer, status="valid", name="Escalier")
    note = make_credit_note(db, credited, status="valid")
    offer = make_estimation(db, customer, status="valid", name="Toiture")
    return dict(zip(KINDS, (invoice, offer, note), strict=True))


@pytest.fixture
def member(db, place, login):
    return login(make_member(db, place.company))


def mails(db):
    return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def url(kind, document):
    return f"/{kind}/{document.id}/"


def opened(browser, kind, document):
    return browser.get(f"{url(kind, document)}mail")


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_mailed_from_its_page_with_the_PDF_that_is_kept(
    kind, db, place, member
):
    document = place.documents[kind]
    page = member.get(url(kind, document)).click("Send by e-mail")
    form = document_form(page)
    assert form["recipient"].value == "mairie@brest.example"
    assert document.official_number in form["subject"].value
    assert "Menuiserie Élan" in form["subject"].value
    assert "Bonjour" in form["text"].value
    assert "Ville de Brest" in form["text"].value
    assert "120,00\N{NO-BREAK SPACE}€" in form["text"].value
    assert "__" not in form["subject"].value + form["text"].value
    assert f"{document.official_number}.pdf" in words(page)

    page = save(page, "send").follow()
    assert "The mail to mairie@brest.example is on its way." in page
    (mail,) = mails(db)
    assert (mail.state, mail.language) == ("waiting", "fr")
    assert mail.recipient_name == "Ville de Brest"
    assert (mail.node_id, mail.company_id) == (document.id, place.company.id)
    assert (mail.sender_name, mail.reply_to) == ("Menuiserie Élan", "elan@example.org")
    assert mail.text == form["text"].value.replace("\r\n", "\n").strip()
    assert db.scalars(select(Job).where(Job.name == SEND)).one()

    (attached,) = mail.attachments
    kept = db.scalars(select(StoredFile).where(StoredFile.purpose == PRINTOUT)).one()
    assert (attached.name, attached.sha256) == (kept.name, kept.sha256)
    pdf = member.get(f"{url(kind, document)}print.pdf").body
    vault = member.app.registry["vault"]
    assert vault.get(attached.sha256) == pdf
    assert pdf.startswith(b"%PDF")
    sent = compose(mail, "office@example.org", [pdf])
    arrived = message_from_bytes(sent.as_bytes(), policy=policy.default)
    (part,) = arrived.iter_attachments()
    assert part.get_content() == pdf

    told = words(member.get(f"{url(kind, document)}?shown=mails"))
    assert f"Mail to Ville de Brest <mairie@brest.example>: {mail.subject}" in told


def test_the_timeline_says_what_became_of_it(db, place, member):
    invoice = place.documents["invoices"]
    save(opened(member, "invoices", invoice), "send")
    (mail,) = mails(db)
    address = f"{url('invoices', invoice)}?shown=mails"
    assert "Waiting" in words(member.get(address))
    mail.state, mail.error = "refused", "550 No such person"
    db.flush()
    assert "550 No such person" in words(member.get(address))


def test_a_button_that_is_pressed_twice_sends_once(db, place, member):
    invoice = place.documents["invoices"]
    page = opened(member, "invoices", invoice)
    save(page, "send")
    again = save(page, "send").follow()
    assert "nothing was done twice" in words(again)
    assert len(mails(db)) == 1
    save(opened(member, "invoices", invoice), "send")
    assert len(mails(db)) == 2


def test_what_is_written_for_this_once_is_sent_as_it_is(db, place, member):
    page = opened(member, "invoices", place.documents["invoices"])
    typed = {"recipient": "jean@example.org", "subject": f"À vous: {HOSTILE}"}
    save(page, "send", **typed, text=f"Bonjour Jean,\r\n\r\n{HOSTILE}")
    (mail,) = mails(db)
    assert mail.recipient == "jean@example.org"
    assert mail.subject == f"À vous: {HOSTILE}"
    assert mail.text == f"Bonjour Jean,\n\n{HOSTILE}"


def test_it_is_looked_at_before_it_is_sent(db, place, member):
    page = opened(member, "invoices", place.documents["invoices"])
    assert "Preview" in words(page)
    text = f"Bonjour,\r\n\r\n{HOSTILE} https://x.example/1"
    page = save(page, "preview", status=200, subject="Pour vous", text=text)
    assert mails(db) == []
    shown = page.html.select_one("[data-preview]")
    assert [one.get_text() for one in shown.find_all("p")][0] == "Bonjour,"
    assert HOSTILE in shown.get_text()
    assert shown.find("a")["href"] == "https://x.example/1"
    assert not shown.find("script")
    assert HOSTILE in page.html.select_one("pre.letter").get_text()
    save(page, "send")
    assert mails(db)[0].subject == "Pour vous"


def test_administrators_say_how_customers_are_written_to(db, place, member):
    make_wording(
        db,
        template="invoice_to_customer",
        language="fr",
        subject="Facture __NUMBER__ (__SUBJECT__)",
        text="__CUSTOMER__ doit __AMOUNT__ le __DUE_DATE__ à __ORGANISATION__.",
    )
    invoice = place.documents["invoices"]
    form = document_form(opened(member, "invoices", invoice))
    assert form["subject"].value == f"Facture {invoice.official_number} (Toiture)"
    due = invoice.due_date.strftime("%d/%m/%Y")
    said = form["text"].value.replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(f"Ville de Brest doit 120,00 € le {due} à ")


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"valid_until": None}, "Valid until: no limit"), ({}, "Valid until: 20/12/2026")],
)
def test_an_estimation_says_until_when_it_is_valid(columns, said, db, company, login):
    customer = make_customer(db, company, language="en")
    columns = {"valid_until": date(2026, 12, 20)} | columns
    offer = make_estimation(db, customer, status="valid", **columns)
    member = login(make_member(db, company))
    assert said in document_form(opened(member, "estimations", offer))["text"].value


def test_an_estimation_that_was_not_sent_yet_is_sent_now(db, place, member):
    offer = place.documents["estimations"]
    page = save(opened(member, "estimations", offer), "send").follow()
    assert offer.signed_status == "sent"
    assert "Sent to the customer" in words(page)
    move(db, offer, "sign")
    save(opened(member, "estimations", offer), "send")
    assert offer.signed_status == "signed"
    assert len(mails(db)) == 2


def test_the_addresses_of_the_account_come_before_those_of_the_contact(
    db, company, login
):
    entity = make_entity(db, "Ville", email="all@brest.example")
    mine = make_customer(db, company, entity)
    other = make_customer(db, make_company(db), entity)
    for account, value in ((mine, "bills"), (other, "secret"), (mine, "no address")):
        address = value if " " in value else f"{value}@brest.example"
        element = ContactElement(kind="email", value=address, label="Bills")
        element.account = account
        entity.elements.append(element)
    db.flush()
    page = opened(
        login(make_member(db, company)),
        "invoices",
        make_invoice(db, mine, status="valid"),
    )
    offered = [one["value"] for one in page.html.select("datalist#known option")]
    assert offered == ["bills@brest.example", "all@brest.example"]
    assert document_form(page)["recipient"].value == "bills@brest.example"


def test_a_customer_without_address_is_asked_for_one(db, company, login):
    invoice = make_invoice(db, make_customer(db, company), status="valid")
    page = opened(login(make_member(db, company)), "invoices", invoice)
    assert document_form(page)["recipient"].value == ""
    assert "No e-mail address of the customer is known" in words(page)
    page = save(page, "send", status=422)
    assert "Please fill this in." in words(page)
    assert mails(db) == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("recipient", "nobody", "is not an e-mail address"),
        ("recipient", "a@example.org, b@example.org", "is not an e-mail address"),
        ("recipient", "a@example.org\r\nBcc: b@example.org", "one single line"),
        ("subject", "Facture\r\nBcc: b@example.org", "one single line"),
        ("subject", "x" * 256, "256 characters long"),
        ("text", "", "Please fill this in."),
        ("text", "a\x07b", "unprintable"),
    ],
)
@pytest.mark.parametrize("action", ["send", "preview"])
def test_what_no_mail_can_carry_is_refused(
    action, field, typed, sentence, db, place, member
):
    address = f"{url('invoices', place.documents['invoices'])}mail"
    values = {"recipient": "a@example.org", "subject": "Facture", "text": "Bonjour"}
    answer = post(member, address, {**values, field: typed, "action": action}, 422)
    assert sentence in words(answer)
    assert not answer.html.select_one("[data-preview]")
    assert mails(db) == []


@pytest.mark.parametrize("status", ["draft", "wait", "invalid"])
def test_a_draft_is_not_sent(status, db, place, member):
    invoice = make_invoice(db, place.customer, status=status)
    address = url("invoices", invoice)
    page = member.get(address)
    assert "Only what is validated is sent to the customer" in words(page)
    assert not page.html.select("a[href$='/mail']")
    answer = member.get(f"{address}mail", status=409)
    assert "Only what is validated" in answer
    values = {"recipient": "a@example.org", "subject": "S", "text": "T"}
    post(member, f"{address}mail", {**values, "action": "send"}, 409)
    assert mails(db) == []


@pytest.mark.parametrize(
    ("role", "sends"),
    [("manager", KINDS), ("accountant", ("invoices",)), ("auditor", ())],
)
def test_who_may_only_look_is_told_so(role, sends, db, place, login):
    browser = login(make_user(db, roles={role}))
    for kind, document in place.documents.items():
        page = browser.get(url(kind, document))
        assert bool(page.html.select("a[href$='/mail']")) == (kind in sends), kind
        status = 200 if kind in sends else 403
        browser.get(f"{url(kind, document)}mail", status=status)


def test_a_damaged_PDF_is_not_sent(db, place, member, tmp_path):
    invoice = place.documents["invoices"]
    page = opened(member, "invoices", invoice)
    kept = db.scalars(select(StoredFile)).one()
    (path,) = [one for one in tmp_path.rglob("*") if kept.sha256 in one.name]
    path.chmod(0o600)
    path.write_bytes(b"%PDF something else")
    assert save(page, "send", status="*").status_int >= 500
    assert mails(db) == []


def test_a_program_says_to_whom_and_nothing_else(db, place, app):
    program = Program(app, db, make_user(db, roles={"manager"}))
    address = f"{url('estimations', place.documents['estimations'])}mail"
    answer = program.post(address, {}, status=422)
    assert list(answer.json["errors"]) == ["recipient"]
    answer = program.post(address, {"recipient": "jean@example.org"}, status=201)
    assert answer.json["id"] == place.documents["estimations"].id
    (mail,) = mails(db)
    assert mail.recipient == "jean@example.org"
    assert "Bonjour" in mail.text
    assert len(mail.attachments) == 1
