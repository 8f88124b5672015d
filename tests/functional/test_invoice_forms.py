"""What may be typed into the form of an invoice, and what becomes of it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.history import FieldChange
from endi_like.models.parts import LineGroup, TaskLine
from endi_like.models.sales import Invoice
from tests.factories import (
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_line,
    make_member,
    make_membership,
    make_mention,
    make_user,
    make_vat,
)
from tests.functional.pages import document_form, post, save, words


@pytest.fixture
def user(db, company):
    return make_member(db, company, name="Mona Member")


@pytest.fixture
def member(user, login):
    return login(user)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


@pytest.fixture
def foreign(db):
    """An invoice of another company, full of rows to meddle with."""
    other = make_customer(db, make_company(db), name="Secret customer")
    return make_invoice(db, other, name="Secret", lines=["500"])


def url(invoice):
    return f"/invoices/{invoice.id}/"


def newest(db):
    return db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def line(vat, **values):
    return {
        "id": "",
        "description": "Work",
        "cost": "100",
        "quantity": "1",
        "unit": "",
        "vat_id": vat.id,
        "product": "",
    } | values


def document(customer, *lines, group="", **values):
    group = {"id": group, "title": "", "description": "", "lines": list(lines)}
    return {
        "account_id": customer.id,
        "date": "2026-11-20",
        "name": "Roof",
        "groups": [group],
        "discounts": [],
        "post_tax_lines": [],
    } | values


def changes(db, invoice):
    query = select(FieldChange).where(FieldChange.node_id == invoice.id)
    found = db.scalars(query.order_by(FieldChange.id))
    return [(one.row, one.field, one.before, one.after) for one in found]


def test_everything_that_can_be_typed_is_kept(db, customer, member):
    twenty, zero = make_vat(db, "20"), make_vat(db, "-1", label="Export", mention="x")
    conditions = make_conditions(db, label="Cash", days=0)
    mention = make_mention(db)
    first = line(
        twenty, description="Tiles\nred", cost="9.5", quantity="100", unit="m²"
    )
    group = {"id": "", "title": "Roof", "description": "South side", "lines": [first]}
    second = {**group, "title": "Trips", "lines": [line(zero, cost="50", product="T1")]}
    sent = document(
        customer,
        workplace="Brest",
        address="2 rue Neuve\n29200 Brest",
        mode="ht",
        groups=[group, second],
        discounts=[
            {"id": "", "description": "Friend", "amount": "50", "vat_id": twenty.id},
            {"id": "", "description": "Winter", "percent": "10", "vat_id": ""},
        ],
        expenses_ht="30",
        expenses_vat_id=twenty.id,
        post_tax_lines=[{"id": "", "label": "Deposit", "amount": "-100"}],
        payment_conditions_id=conditions.id,
        mentions=[str(mention.id)],
        notes="Thank you",
    )

    post(member, "/invoices/add", sent)

    invoice = newest(db)
    assert [(one.title, one.description) for one in invoice.groups] == [
        ("Roof", "South side"),
        ("Trips", "South side"),
    ]
    assert [
        (one.description, one.cost, one.quantity, one.unit, one.product)
        for one in invoice.lines
    ] == [("Tiles\nred", Decimal("9.5"), 100, "m²", ""), ("Work", 50, 1, "", "T1")]
    assert [(one.description, one.amount, one.vat_id) for one in invoice.discounts] == [
        ("Friend", 50, twenty.id),
        ("Winter", 95, twenty.id),
        ("Winter", 5, zero.id),
    ]
    # 950 + 50 - 50 - 95 - 5 + 30 before tax, of which 45 at the named zero rate
    assert (invoice.ht, invoice.tva, invoice.ttc) == (880, 167, 1047)
    assert (invoice.due, invoice.to_pay) == (947, 947)
    assert invoice.due_date == date(2026, 11, 20)
    assert invoice.address == "2 rue Neuve\n29200 Brest"
    assert (invoice.workplace, invoice.notes) == ("Brest", "Thank you")
    assert not invoice.display_units
    assert invoice.mentions == [mention]
    assert invoice.created_by.name == "Mona Member"
    assert (invoice.version, changes(db, invoice)) == (1, [])


def test_what_is_read_back_and_saved_again_changes_nothing(db, customer, member):
    invoice = make_invoice(db, customer, lines=["100", "0.12345"])
    save(member.get(f"{url(invoice)}edit"))
    before = (invoice.ht, invoice.version)
    made = changes(db, invoice)

    save(member.get(f"{url(invoice)}edit"))

    assert (invoice.ht, invoice.version) == before
    assert changes(db, invoice) == made


def test_a_draft_needs_little(db, customer, member):
    post(member, "/invoices/add", document(customer))

    assert (newest(db).lines, newest(db).ttc) == ([], 0)


def test_saving_and_asking_for_validation_are_one(db, customer, member):
    sent = document(customer, line(make_vat(db)), action="submit")

    page = post(member, "/invoices/add", sent, 422)

    assert "Choose the payment conditions or a due date." in words(page)
    assert document_form(page)["name"].value == "Roof"
    assert count(db, Invoice) == 0

    post(member, "/invoices/add", sent | {"due_date": "2026-12-01"})
    assert newest(db).validation_status == "wait"


def test_a_new_invoice_is_not_validated_by_who_may_not(db, customer, member):
    sent = document(customer, line(make_vat(db)), due_date="2026-12-01")

    page = post(member, "/invoices/add", sent | {"action": "validate"}, 403)

    assert document_form(page)["name"].value == "Roof"
    assert count(db, Invoice) == 0


EVERYTHING_ELSE = {
    "id": "4711",
    "type_": "entity",
    "company_id": "{other}",
    "official_number": "F-1",
    "number_key": "1",
    "validation_status": "valid",
    "validation_status_user_id": "1",
    "paid_status": "resulted",
    "closure_status": "closed",
    "ht": "1",
    "tva": "1",
    "ttc": "1",
    "due": "1",
    "to_pay": "0",
    "created_by_id": "1",
    "created_at": "2020-01-01",
    "updated_by_id": "1",
    "deleted_at": "2020-01-01",
    "search_key": "x",
    "parent_id": "1",
    "payments": "1",
}


def test_I11_only_what_the_form_offers_is_taken(db, customer, member, foreign, user):
    invoice = make_invoice(db, customer, lines=["100"])
    vat = invoice.lines[0].vat
    more = EVERYTHING_ELSE | {"company_id": str(foreign.company_id)}
    sent = document(customer, line(vat, id=invoice.lines[0].id), **more)

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})
    post(member, "/invoices/add", sent)

    for one in (invoice, newest(db)):
        assert one.name == "Roof"
        assert one.company_id == customer.company_id
        assert one.official_number is None
        assert (one.validation_status, one.paid_status) == ("draft", "waiting")
        assert (one.closure_status, one.deleted_at) == ("open", None)
        assert (one.ht, one.ttc, one.to_pay) == (100, 120, 120)
        assert (one.payments, one.parent_id) == ([], None)
        assert one.updated_by_id == user.id
    assert newest(db).id != 4711


def test_A3_the_rows_of_another_invoice_are_never_touched(
    db, customer, member, foreign
):
    invoice = make_invoice(db, customer, lines=["100"])
    theirs, their_group = foreign.lines[0], foreign.groups[0]
    mine = invoice.lines[0]
    stolen = line(mine.vat, id=theirs.id, description="Stolen", cost="1")
    group = {"id": their_group.id, "title": "Stolen", "description": ""}
    sent = document(customer, groups=[{**group, "lines": [stolen]}])

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})

    assert (theirs.description, theirs.cost) == ("Work", 500)
    assert their_group.title == ""
    assert (foreign.ht, foreign.version) == (500, 1)
    assert foreign.lines == [theirs]
    assert [one.description for one in invoice.lines] == ["Stolen"]
    assert invoice.lines[0].id != theirs.id
    assert invoice.groups[0].id != their_group.id


def test_one_row_sent_twice_is_kept_once_and_copied_once(db, customer, member):
    invoice = make_invoice(db, customer, lines=["100"])
    kept = invoice.lines[0]
    twice = line(kept.vat, id=kept.id)
    sent = document(customer, twice, {**twice, "cost": "50"}, group=kept.group_id)

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})

    assert [one.cost for one in invoice.lines] == [100, 50]
    assert kept in invoice.lines
    assert invoice.ht == 150


def test_lines_are_moved_removed_and_added_by_their_places(db, customer, member):
    invoice = make_invoice(db, customer, lines=["1", "2", "3"])
    one, two, three = invoice.lines
    vat = one.vat
    sent = document(
        customer,
        line(vat, id=three.id, cost="3"),
        line(vat, description="New", cost="4"),
        line(vat, id=one.id, cost="1"),
        group=one.group_id,
    )

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})

    assert [found.cost for found in invoice.lines] == [3, 4, 1]
    assert [found.id for found in invoice.lines][::2] == [three.id, one.id]
    assert two not in invoice.lines
    assert count(db, TaskLine) == 3
    assert (invoice.ht, invoice.version) == (8, 2)


def test_lines_move_between_groups(db, customer, member):
    invoice = make_invoice(db, customer, lines=["1", "2"])
    one, two = invoice.lines
    group = {"id": invoice.groups[0].id, "title": "First", "description": ""}
    other = {"id": "", "title": "Second", "description": ""}
    sent = document(
        customer,
        groups=[
            {**other, "lines": [line(two.vat, id=two.id, cost="2")]},
            {**group, "lines": [line(one.vat, id=one.id, cost="1")]},
        ],
    )

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})

    assert [(one.title, [x.cost for x in one.lines]) for one in invoice.groups] == [
        ("Second", [2]),
        ("First", [1]),
    ]
    assert count(db, LineGroup) == 2
    assert count(db, TaskLine) == 2


def refused(page, name):
    return [one.get_text(strip=True) for one in page.html.select(f"#{name}-error")]


@pytest.mark.parametrize("path", ["add", "edit"])
def test_A3_a_customer_of_another_company_cannot_be_chosen(
    db, customer, member, foreign, path
):
    invoice = make_invoice(db, customer)
    target = "/invoices/add" if path == "add" else f"{url(invoice)}edit"
    sent = document(foreign.account) | {"version": invoice.version}

    page = post(member, target, sent, 422)

    assert "Secret customer" not in page.text
    assert "cannot be chosen here" in page.text
    assert invoice.account == customer


def test_A3_a_manager_does_not_mix_companies_either(db, customer, manager, foreign):
    sent = document(foreign.account, company_id=customer.company_id)

    page = post(manager, "/invoices/add", sent, 422)

    assert "This customer belongs to another company." in words(page)
    assert count(db, Invoice) == 1


@pytest.mark.parametrize("key", ["0", "999999", "", "x"])
def test_a_manager_says_for_which_company(db, customer, manager, foreign, key):
    page = post(manager, "/invoices/add", document(customer, company_id=key), 422)

    assert "company_id" in page.text
    post(manager, "/invoices/add", document(customer, company_id=customer.company_id))
    assert newest(db).company_id == customer.company_id


def test_a_member_of_two_companies_chooses_among_them(
    db, company, customer, user, member, foreign
):
    second = make_company(db)
    make_membership(db, user, second)
    elsewhere = make_customer(db, second)
    sent = document(foreign.account, company_id=foreign.company_id)

    assert "company_id" in document_form(member.get("/invoices/add")).fields
    post(member, "/invoices/add", sent, 422)
    post(member, "/invoices/add", document(elsewhere, company_id=second.id))

    assert newest(db).company_id == second.id


def test_who_belongs_to_no_company_writes_no_invoice(db, customer, login):
    nobody = login(make_user(db))
    accountant = login(make_user(db, roles={"accountant"}))

    for browser in (nobody, accountant):
        answer = browser.get("/invoices/add", status="4*")
        assert answer.status_int in (403, 404)
        post(browser, "/invoices/add", document(customer), "4*")

    assert count(db, Invoice) == 0


OPTIONS = ["vat_id", "expenses_vat_id", "payment_conditions_id", "mentions"]


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("kind", ["unknown", "inactive"])
def test_an_option_that_is_not_offered_is_refused(db, customer, member, name, kind):
    makers = {"payment_conditions_id": make_conditions, "mentions": make_mention}
    make = makers.get(name, lambda db, **columns: make_vat(db, "5.5", **columns))
    key = make(db, label="Old", active=False).id if kind == "inactive" else 999_999
    vat = make_vat(db)
    sent = document(customer, line(vat, vat_id=key if name == "vat_id" else vat.id))
    if name == "mentions":
        sent["mentions"] = [str(key)]
    elif name != "vat_id":
        sent[name] = key

    page = post(member, "/invoices/add", sent, 422)

    assert f"“{key}” cannot be chosen here." in page.text
    assert count(db, Invoice) == 0


def test_an_option_taken_out_of_use_stays_with_the_document(db, customer, member):
    vat, conditions = make_vat(db, "7", label="Seven"), make_conditions(db)
    invoice = make_invoice(
        db,
        customer,
        lines=[make_line(db, "100", vat=vat)],
        payment_conditions=conditions,
    )
    vat.active = conditions.active = False
    db.flush()

    save(member.get(f"{url(invoice)}edit"), name="Still seven")

    assert (invoice.name, invoice.tva) == ("Still seven", 7)
    assert invoice.payment_conditions == conditions


BAD = [
    ("name", "x" * 256, "256"),
    ("name", "a\tb\x07", "unprintable"),
    ("date", "", "Please fill this in."),
    ("date", "0000-01-01", "is not a date"),
    ("date", "9999-12-31", "cannot be meant"),
    ("date", "20.11.2026", "is not a date"),
    ("due_date", "2026-11-19", "due before the day"),
    ("account_id", "", "Please fill this in."),
    ("account_id", "999999", "cannot be chosen"),
    ("account_id", "9" * 30, "not"),
    ("account_id", "1 or 1=1", "not"),
    ("mode", "net", "cannot be chosen"),
    ("display_units", "maybe", "neither true nor false"),
    ("expenses_ht", "-1", "too small"),
    ("expenses_ht", "5", "Choose the VAT rate"),
    ("expenses_ht", "NaN", "is not a number"),
    ("expenses_ht", "1e400", "is not a number"),
    ("notes", "x" * 100_001, "100001"),
    ("cost", "1e5", "is not a number"),
    ("cost", "1,0,0", "is not a number"),
    ("cost", "100000000000", "too large"),
    ("cost", "0.000001", "decimals"),
    ("quantity", "∞", "is not a number"),
    ("quantity", "1.123456", "decimals"),
    ("unit", "x" * 51, "51"),
    ("product", "x" * 51, "51"),
    ("groups", "x", "A list is expected here."),
    ("discounts", "x", "A list is expected here."),
    ("mentions", "x", "A list is expected here."),
    ("lines", ["x"], "expected here"),
    ("name", ["a", "b"], "One single value is expected here."),
    ("name", {"a": "b"}, "One single value is expected here."),
]


@pytest.mark.parametrize(
    ("name", "value", "said"), BAD, ids=[f"{name}-{s[:12]}" for name, _v, s in BAD]
)
def test_bad_input_is_answered_with_a_sentence_and_nothing_is_stored(
    db, customer, member, name, value, said
):
    sent = document(customer, line(make_vat(db)))
    if name in ("cost", "quantity", "unit", "product"):
        sent["groups"][0]["lines"][0][name] = value
    elif name == "lines":
        sent["groups"][0]["lines"] = value
    else:
        sent[name] = value

    page = post(member, "/invoices/add", sent, "4*")

    assert page.status_int in (400, 422)
    assert page.status_int == 400 or said in page.html.get_text()
    assert count(db, Invoice) == 0


def test_too_large_a_total_is_refused_with_a_sentence(db, customer, member):
    huge = line(make_vat(db), cost="99999999999.99", quantity="99999999999")

    page = post(member, "/invoices/add", document(customer, huge, huge), 422)

    assert "The total is too large: look at prices and quantities." in words(page)
    assert count(db, Invoice) == 0


def test_too_many_lines_are_refused_with_a_sentence(db, customer, member):
    vat = make_vat(db)
    sent = document(customer, *[line(vat)] * 501)

    page = post(member, "/invoices/add", sent, 422)

    assert "At most 500 are possible here" in page.text
    assert count(db, Invoice) == 0


def test_two_hundred_lines_are_kept(db, customer, member):
    vat = make_vat(db)
    lines = [line(vat, description=f"Line {n}") for n in range(200)]

    post(member, "/invoices/add", document(customer, *lines))

    assert (len(newest(db).lines), newest(db).ht) == (200, 20_000)


def test_hostile_text_is_shown_as_text(db, customer, member):
    evil = "<script>alert(1)</script>\"'>{{ 7*7 }}${x}"
    sent = document(customer, line(make_vat(db), description=evil), notes=evil)

    page = post(member, "/invoices/add", sent | {"name": evil}).follow()

    for shown in (page, member.get(f"{url(newest(db))}edit"), member.get("/invoices/")):
        assert "<script>alert" not in shown.text
        assert "7*7" in shown.text
    printed = member.get(f"{url(newest(db))}print")
    assert "<script>alert" not in printed.text
    assert newest(db).name == evil


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("en", "1,234.56", "1,234.56"),
        ("fr", "1 234,56", "1 234,56"),
        ("fr", "1\u202f234,56", "1 234,56"),
        ("fr", "1234.56", "1 234,56"),
        ("de", "1.234,56", "1.234,56"),
        ("de", "1234,56", "1.234,56"),
    ],
)
def test_amounts_are_typed_and_read_in_the_language_of_the_user(
    db, customer, user, member, language, typed, shown
):
    user.language = language
    sent = document(customer, line(make_vat(db), cost=typed))

    page = post(member, "/invoices/add", sent).follow()

    invoice = newest(db)
    assert invoice.ht == Decimal("1234.56")
    assert shown in plain(page.html.get_text())
    form = document_form(member.get(f"{url(invoice)}edit"))
    assert plain(form["cost"].value) == shown
    save(member.get(f"{url(invoice)}edit"))
    assert invoice.ht == Decimal("1234.56")


@pytest.mark.parametrize(
    ("language", "typed"), [("en", "1.234,56"), ("de", "1,234.56")]
)
def test_an_amount_of_another_language_is_never_misread(
    db, customer, user, member, language, typed
):
    user.language = language

    post(
        member, "/invoices/add", document(customer, line(make_vat(db), cost=typed)), 422
    )

    assert count(db, Invoice) == 0


def test_each_edit_is_written_down_before_and_after(db, customer, member):
    conditions = make_conditions(db, label="60 days", days=60)
    invoice = make_invoice(db, customer, lines=["100", "50"], name="Roof")
    one, two = invoice.lines
    sent = document(
        customer,
        line(one.vat, id=one.id, description="Better work", cost="120"),
        line(one.vat, description="More", cost="10"),
        group=one.group_id,
        name="Roof and walls",
        date="2026-11-19",
        payment_conditions_id=conditions.id,
        notes="Thanks",
    )

    post(member, f"{url(invoice)}edit", sent | {"version": invoice.version})

    found = changes(db, invoice)
    assert ("", "name", "Roof", "Roof and walls") in found
    assert ("", "date", "2026-11-20", "2026-11-19") in found
    assert ("", "payment_conditions_id", "30 days", "60 days") in found
    assert ("", "notes", "", "Thanks") in found
    assert any(row[1:] == ("cost", "100", "120") for row in found)
    assert any(row[1:] == ("description", "Work", "Better work") for row in found)
    assert ("More", "", None, "More") in found
    assert ("Work", "", "Work", None) in found
    shown = words(member.get(url(invoice)))
    assert "Roof and walls" in shown
    assert "60 days" in shown


def test_the_first_due_date_is_written_down_too(db, customer, member):
    invoice = make_invoice(db, customer)
    invoice.payment_conditions = invoice.due_date = None
    db.flush()

    save(member.get(f"{url(invoice)}edit"), due_date="2026-12-24")

    assert ("", "due_date", None, "2026-12-24") in changes(db, invoice)


def test_an_emptied_field_is_written_down_too(db, customer, member):
    invoice = make_invoice(db, customer, notes="Old", due_date=date(2026, 12, 1))
    invoice.payment_conditions = None
    db.flush()

    save(member.get(f"{url(invoice)}edit"), notes="", due_date="")

    found = changes(db, invoice)
    assert ("", "notes", "Old", "") in found
    assert ("", "due_date", "2026-12-01", None) in found


def test_the_due_date_follows_the_conditions_until_it_is_typed(db, customer, member):
    invoice = make_invoice(db, customer)
    save(member.get(f"{url(invoice)}edit"))
    assert invoice.due_date == date(2026, 12, 20)

    save(member.get(f"{url(invoice)}edit"), date="2026-11-01", due_date="")
    assert invoice.due_date == date(2026, 12, 1)

    save(member.get(f"{url(invoice)}edit"), due_date="2027-01-15")
    save(member.get(f"{url(invoice)}edit"), date="2026-11-10")
    assert invoice.due_date == date(2027, 1, 15)


def test_totals_follow_what_is_typed_and_nothing_is_stored(db, customer, member):
    vat = make_vat(db)
    sent = document(customer, line(vat, cost="1,000", quantity="1.5"))

    answer = post(member, "/invoices/totals", sent, 200)

    assert "1,800.00" in answer.text
    assert count(db, Invoice) == 0
    post(member, "/invoices/totals", document(customer, line(vat, cost="x")), 200)


def test_enter_saves_and_does_nothing_more(db, customer, manager):
    invoice = make_invoice(db, customer, status="wait")
    page = manager.get(f"{url(invoice)}edit")
    buttons = page.html.find("main").select(
        "form[method=post] button:not([type=button])"
    )

    assert buttons[0]["value"] == "save"


def test_I12_a_form_that_was_cut_short_is_refused(db, customer, member):
    invoice = make_invoice(db, customer)
    sent = document_form(member.get(f"{url(invoice)}edit")).submit_fields()

    lists = [at for at, (_name, value) in enumerate(sent) if value.endswith("sequence")]

    for cut in range(lists[0], sent.index(("__end__", "post_tax_lines:sequence"))):
        member.post(f"{url(invoice)}edit", sent[:cut], status="4*")

    assert (len(invoice.lines), invoice.version) == (1, 1)


def test_huge_amounts_that_cancel_each_other_are_refused_too(db, customer, member):
    here, there = make_vat(db, "20"), make_vat(db, "10")
    plus = line(here, cost="99999999999", quantity="99999999999")
    minus = {**plus, "cost": "-99999999999"}
    free = {"id": "", "description": "All", "percent": "100", "vat_id": ""}

    for lines in ((plus, {**minus, "vat_id": there.id}), (plus,)):
        sent = document(customer, *lines, discounts=[free])
        page = post(member, "/invoices/add", sent, 422)
        assert "The total is too large" in words(page)

    assert count(db, Invoice) == 0


@pytest.mark.parametrize(("amount", "here"), [("100.01", True), ("1", False)])
def test_a_discount_of_what_is_not_there_is_refused(db, customer, member, amount, here):
    twenty, ten = make_vat(db, "20"), make_vat(db, "10")
    rate = twenty if here else ten
    discount = {"id": "", "description": "Too much", "amount": amount}
    sent = document(customer, line(twenty), discounts=[discount | {"vat_id": rate.id}])

    page = post(member, "/invoices/add", sent, 422)

    assert f"At {rate.label} more is taken off" in words(page)
    assert count(db, Invoice) == 0


def test_all_of_a_rate_may_be_taken_off(db, customer, member):
    vat = make_vat(db, "20")
    one = {"id": "", "description": "Friend", "amount": "50", "vat_id": vat.id}

    post(member, "/invoices/add", document(customer, line(vat), discounts=[one, one]))

    assert newest(db).ht == 0
