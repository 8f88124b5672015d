"""Administration, Mail templates: written per language, tried, taken back, tested."""

import pytest
from sqlalchemy import select

from endi_like.formats import with_currency
from endi_like.models.mail import MailWording, OutgoingMail
from endi_like.services.mail import Recipient, post
from endi_like.services.mail.catalog import TEMPLATES
from tests.factories import (
    NOW,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_membership,
    make_notification,
    make_user,
)
from tests.functional.pages import button, words
from tests.functional.programs import Program

EDIT = "/mail-templates/welcome-fr/edit"
ESCAPES = (
    "{{7331*3}}",
    "${7331*3}",
    "{% for x in (1,) %}{{x}}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ config }} {{ request.application.__globals__ }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "#{7331*3} <%= 7331*3 %> ${{7331*3}} {7331*3} %(x)s $x {0.__class__}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "__import__('os') \\u007b\\u007b7331*3}}",
)


@pytest.fixture
def boss(db):
    return make_user(
        db, login="ada", name="Ada Boss", roles=["admin"], email="ada@example.org"
    )


@pytest.fixture
def admin(boss, login):
    return login(boss)


def save(page, action="save", status=303, **typed):
    """Fill in the words of a template and press a button."""
    form = next(one for one in page.forms.values() if "subject" in one.fields)
    for name, value in typed.items():
        if name == "record":
            form[name].force_value(value)
        else:
            form[name] = value
    names = [one.value_if_submitted() for one in form.fields["action"]]
    return form.submit("action", index=names.index(action), status=status)


def preview(page):
    return words_of(page.html.select_one("section[aria-labelledby=preview]"))


def words_of(tag):
    return " ".join(tag.get_text(" ").split())


def posted(db, language="fr", **values):
    usual = {"NAME": "Claire", "LOGIN": "claire", "SITE": "https://x.example"}
    mail_id = post(
        db,
        "welcome",
        to=Recipient("claire@example.org", "Claire", language),
        values=usual | values,
        dedupe_key=f"test {len(db.scalars(select(OutgoingMail)).all())}",
        at=NOW,
    )
    return db.get(OutgoingMail, mail_id)


def test_every_template_is_listed_in_every_language(admin):
    page = admin.get("/mail-templates/")
    links = {link["href"] for link in page.html.select("main tbody a")}
    assert links == {
        f"/mail-templates/{key}-{code}/edit"
        for key in TEMPLATES
        for code in ("en", "fr", "de")
    }
    assert "changed" not in words(page)


def test_a_template_is_written_and_mails_say_so_in_that_language_only(admin, db):
    page = save(admin.get(EDIT), subject="Salut __NAME__", text="Ton nom : __LOGIN__")
    assert "Saved." in page.follow().follow()
    assert "changed" in words(admin.get("/mail-templates/"))
    mail = posted(db)
    assert (mail.subject, mail.text) == ("Salut Claire", "Ton nom : claire")
    assert posted(db, "de").subject == "Ihr Konto bei Coopérative Horizon"


def test_the_original_text_comes_back(admin, db):
    original = posted(db).text
    save(admin.get(EDIT), text="Autre chose")
    assert posted(db).text == "Autre chose"
    button(admin.get(EDIT), "original")
    assert posted(db).text == original
    assert "Back to the original" not in admin.get(EDIT)


@pytest.mark.parametrize(
    ("template", "field", "typed", "sentence"),
    [
        ("welcome", "text", "Hello __NOBODY__", "This template knows no __NOBODY__."),
        ("welcome", "text", "Hello __name__", "no __name__: is __NAME__ what you"),
        ("welcome", "subject", "__LINK__", "It knows __NAME__, __LOGIN__, __SITE__"),
        ("reset", "subject", "__LINK__", "may not stand in the subject"),
        ("reset", "subject", "", "Please fill this in."),
        ("reset", "subject", "a\nb", "one single line"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_saved(
    template, field, typed, sentence, admin, db
):
    page = admin.get(f"/mail-templates/{template}-en/edit")
    answer = save(page, status=422, **{field: typed})
    assert sentence in words(answer)
    assert db.scalars(select(MailWording)).all() == []


KEYS = [
    ("__ÉCHÉANCE__", "", "accents"),
    ("__SOCIÉTÉ__", "", "accents"),
    ("__CUSTOMER-NAME__", "__CUSTOMER__", "another sign"),
    ("__Customer_Foo__", "__CUSTOMER__", "capitals and small letters"),
    ("__CUSTOMERS__", "__CUSTOMER__", "a letter too many"),
    ("__VALID-UNTIL__", "__VALID_UNTIL__", "another sign, or else a key"),
    ("__NUMBER_", "__NUMBER__", "an underscore is lacking"),
    ("NUMBER__", "__NUMBER__", "two are lacking"),
    ("_NUMBER__", "__NUMBER__", "one is lacking before"),
    ("__number", "__NUMBER__", "small letters, two are lacking"),
    ("__FOO__", "", "unknown beside one that is known: __NUMBER____FOO__"),
]
"""What was meant as a key of the mail about an estimation: which one, and why."""


@pytest.mark.parametrize(("typed", "meant", "_why"), KEYS)
def test_what_is_meant_as_a_key_and_is_none_is_refused(typed, meant, _why, admin, db):
    page = admin.get("/mail-templates/estimation_to_customer-en/edit")
    page = save(page, status=422, text=f"See __NUMBER__ and {typed}.")
    suggested = f": is {meant} what you mean?" if meant else "."
    assert f"This template knows no {typed}{suggested} It knows __" in words(page)
    assert db.scalars(select(MailWording)).all() == []


PLAIN = """
______
Date ____ Signature ____
NAME: ____________ NAME____
__init__ __in bold__ _slanted_ MY_NAME a__B
__ NUMBER __
"""


def test_what_is_no_key_is_plain_text(admin, db):
    page = admin.get("/mail-templates/estimation_to_customer-en/edit")
    save(page, text=f"{PLAIN} __NUMBER__-__CUSTOMER__.__NUMBER____COMPANY__s")
    assert db.scalars(select(MailWording.text)).one().startswith(PLAIN.strip())


def test_what_is_typed_is_shown_before_it_is_saved(admin, db, boss):
    page = admin.get(EDIT)
    assert "Votre identifiant est claire." in preview(page)
    page = save(
        page, "preview", status=200, subject="Pour __NAME__", text="__LOGIN__ !"
    )
    assert preview(page) == "Preview Pour Claire Martin claire !"
    page = save(page, "preview", status=200, record=str(boss.id))
    assert preview(page) == "Preview Pour Ada Boss ada !"
    assert db.scalars(select(MailWording)).all() == []
    page = save(page, "preview", status=422, text="__X__")
    assert "This template knows no __X__." in words(page)


def test_records_are_found_by_typing(admin, db):
    make_user(db, name="Élodie Martin", login="em")
    make_user(db, name="Élodie Gone", login="eg", active=False)
    found = admin.get("/users/find?q=elo").json
    assert [(one["label"], one["hint"]) for one in found] == [("Élodie Martin", "em")]


def test_a_preview_holds_no_link_that_lets_anybody_in(admin, boss):
    page = admin.get("/mail-templates/reset-en/edit")
    page = save(page, "preview", status=200, record=str(boss.id))
    assert "token=…" in preview(page)


def test_a_test_is_sent_to_oneself(admin, db, boss):
    page = button(admin.get(EDIT), "test").follow()
    mail = db.scalars(select(OutgoingMail)).one()
    assert (mail.recipient, mail.language) == ("ada@example.org", "fr")
    assert "Claire Martin" in mail.text
    assert "It is on its way to you." in page
    assert page.request.path == f"/mails/{mail.id}/"
    boss.email = ""
    db.flush()
    page = button(admin.get(EDIT), "test").follow().follow()
    assert "Your account has no e-mail address" in page
    assert len(db.scalars(select(OutgoingMail)).all()) == 1


def test_T4_who_saves_over_what_another_has_written_is_told(admin, db):
    mine, other = admin.get(EDIT), admin.get(EDIT)
    save(other, subject="Theirs")
    answer = save(mine, subject="Mine", status=409)
    assert "Mine" in answer
    assert "Theirs" in answer
    stale = admin.get(EDIT)
    save(admin.get(EDIT), subject="Once more")
    button(stale, "original", status=409)


@pytest.mark.parametrize("text", ESCAPES)
def test_I14_a_template_is_text_and_computes_nothing(text, admin, db):
    page = save(admin.get(EDIT), subject=f"S {text}", text=f"T {text} __NAME__")
    page = page.follow().follow()
    assert f"T {text} Claire Martin" in preview(page).replace("  ", " ")
    mail = posted(db)
    assert mail.subject == f"S {text}"
    assert mail.text == f"T {text} Claire"
    for shown in (admin.get(f"/mails/{mail.id}/"), admin.get(f"/mails/{mail.id}/html")):
        assert "21993" not in shown
        assert text in shown.html.get_text()


@pytest.mark.parametrize("value", [*ESCAPES, "__LOGIN__ __SITE__", "____NAME____"])
def test_I14_a_value_is_text_and_no_key_in_it_is_filled_in(value, admin, db):
    save(admin.get(EDIT), subject="S __NAME__", text="T __NAME__ __LOGIN__")
    mail = posted(db, NAME=value)
    assert mail.subject == f"S {value}"
    assert mail.text == f"T {value} claire"


def test_I8_a_value_in_a_subject_stays_on_one_line(admin, db):
    save(admin.get(EDIT), subject="S __NAME__", text="T __NAME__")
    mail = posted(db, NAME="a\r\nBcc: evil@example.org\x00\u2028b")
    assert mail.subject == "S a Bcc: evil@example.org b"
    assert mail.text == "T a\nBcc: evil@example.org\nb"
    assert len(posted(db, NAME="x" * 999).subject) == 255


def test_programs_read_and_write_templates(app, db, boss):
    program = Program(app, db, boss)
    rows = program.get("/mail-templates/").json["rows"]
    assert {(row["language"], row["changed"]) for row in rows} == {
        ("en", False),
        ("fr", False),
        ("de", False),
    }
    found = program.get("/mail-templates/welcome-de/").json
    assert found["keys"]["__LOGIN__"] == "the login of the user"
    values = {"version": found["version"], "subject": "Neu", "text": "Hallo __NAME__"}
    program.post("/mail-templates/welcome-de/edit", values)
    assert program.get("/mail-templates/welcome-de/").json["subject"] == "Neu"
    program.post("/mail-templates/welcome-de/edit", values, status=409)
    wrong = {"version": 1, "text": "__X__"}
    answer = program.post("/mail-templates/welcome-de/edit", wrong, status=422)
    assert "knows no __X__" in answer.json["errors"]["text"][0]


@pytest.mark.parametrize("key", ["welcome-xx", "nothing-fr", "welcome", "-", "-fr"])
def test_what_is_no_template_is_not_there(key, admin):
    admin.get(f"/mail-templates/{key}/edit", status=404)


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("key", TEMPLATES)
def test_a_translation_uses_the_keys_of_the_original(key, language):
    template = TEMPLATES[key]
    said, original = template.default(language), template.default("en")
    for one, other in zip(said, original, strict=True):
        assert list(template.unknown(one)) == []
        assert keys_in(template, one) == keys_in(template, other)


def keys_in(template, text):
    return {key.name for key in template.keys if key.written in text}


@pytest.fixture
def documents(db):
    """A validated document of each kind, which Town is sent."""
    company = make_company(db, name="Elan")
    town = make_customer(db, company, name="Town")
    invoice = make_invoice(db, town, name="Roof", lines=["100"], status="valid")
    note = make_credit_note(db, invoice, status="valid")
    estimation = make_estimation(db, town, name="Roof", status="valid")
    return {"invoice": invoice, "credit_note": note, "estimation": estimation}


def edit_form(browser, kind):
    return browser.get(f"/mail-templates/{kind}_to_customer-en/edit")


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "estimation"])
def test_the_mail_to_a_customer_is_tried_on_a_real_document(
    kind, db, boss, documents, login
):
    boss.roles = frozenset({"admin", "auditor"})
    browser, real = login(boss), documents[kind]
    page = edit_form(browser, kind)
    offered = page.html.select_one("[name=record]").get_text(" ")
    assert real.official_number in offered
    where = {"estimation": "estimations", "credit_note": "credit-notes"}
    found = browser.get(f"/{where.get(kind, 'invoices')}/find?q=roof").json
    assert [one["hint"] for one in found] == [real.official_number]
    words = "__NUMBER__ __CUSTOMER__ __COMPANY__ __AMOUNT__ __SUBJECT__"
    page = save(page, "preview", status=200, record=str(real.id), text=words)
    amount = with_currency(abs(real.due), "en", "EUR")
    said = f"{real.official_number} Town Elan {amount} {real.name}"
    assert preview(page).endswith(said)


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "estimation"])
def test_who_sees_no_documents_has_examples(kind, db, boss, documents, login):
    page = edit_form(login(boss), kind)
    assert not page.html.select("[name=record]")
    assert "with your roles you view none of the records" in words(page)
    answer = save(page, "preview", status=200, subject="__NUMBER__", text="-")
    assert preview(answer) == "Preview F2026-0012 -"


def test_a_document_one_may_not_see_is_not_tried(db, boss, documents, login):
    """An administrator who is a member sees the documents of that company only."""
    invoice, own = documents["invoice"], make_company(db)
    make_membership(db, boss, own)
    mine = make_invoice(db, make_customer(db, own), lines=["1"], status="valid")
    draft = make_invoice(db, make_customer(db, own), lines=["1"])
    page = edit_form(login(boss), "invoice")
    assert invoice.official_number not in page
    save(page, "preview", status=200, record=str(mine.id))
    for other in (invoice, draft, documents["credit_note"]):
        answer = save(page, "preview", status=422, record=str(other.id))
        assert "cannot be chosen here" in words(answer)
        assert other.official_number is None or other.official_number not in answer


@pytest.mark.parametrize("template", ["notice", "notices"])
def test_what_happened_is_an_example_whoever_it_is_told_to(template, db, admin):
    reader = make_user(db, name="Élodie Tanguy")
    invoice = make_invoice(db, make_customer(db))
    make_notification(db, reader, invoice, text='"A secret of somebody"')
    page = admin.get(f"/mail-templates/{template}-fr/edit")
    answer = save(page, action="preview", status=200, record=str(reader.id))
    assert preview(answer).count("Élodie Tanguy") == 1
    assert "https://office.example.org/notifications/12/" in answer
    assert "secret" not in answer
