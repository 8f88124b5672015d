"""The story of an invoice, from the empty form to the last payment and beyond."""

import io
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.files import PRINTOUT
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.parts import PostTaxLine
from endi_like.models.sales import Invoice
from endi_like.services.payments import Payments, Received
from endi_like.workflow.errors import Refused
from tests.factories import (
    TODAY,
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_mode,
    make_user,
    make_vat,
    pay,
    transitions,
)
from tests.functional.pages import button, offered, post, press, save, token, words


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan", code="MEN")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Saint-Brieuc")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, name="Mona Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


@pytest.fixture
def accountant(db, login):
    return login(make_user(db, name="Ana Accountant", roles={"accountant"}))


def moves(db, invoice):
    query = select(StatusLogEntry).where(StatusLogEntry.node_id == invoice.id)
    return db.scalars(query.order_by(StatusLogEntry.position)).all()


def story(db, invoice):
    return [
        (one.actor.name if one.actor else "", one.action, one.comment)
        for one in moves(db, invoice)
        if one.manager != PRINTOUT
    ]


def url(invoice):
    return f"/invoices/{invoice.id}/"


def pdf_text(browser, invoice):
    answer = browser.get(f"{url(invoice)}print.pdf", status=200)
    assert answer.content_type == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_from_the_empty_form_to_the_settled_invoice(
    db, customer, member, manager, accountant, clock
):
    vat, conditions = make_vat(db, "20"), make_conditions(db)
    mode = make_mode(db)

    # the member writes it, in three lines of which one stays empty
    page = member.get("/invoices/add")
    answer = save(
        page,
        account_id=str(customer.id),
        name="Oak staircase",
        description_1="Staircase",
        cost="1,000",
        quantity="1.5",
        vat_id=str(vat.id),
        payment_conditions_id=str(conditions.id),
    )
    invoice = db.scalars(select(Invoice)).one()
    page = answer.follow()
    assert "The draft is saved." in page
    assert "1,800.00" in words(page)
    assert (invoice.ht, invoice.tva, invoice.ttc) == (1500, 300, 1800)
    assert invoice.due_date == date(2026, 12, 20)
    assert offered(page) == ["submit"]

    # asks for validation
    clock.advance(minutes=5)
    page = press(page, "submit").follow()
    assert "It waits for validation." in page
    assert "Waiting for validation" in words(page)
    assert offered(page) == ["reopen"]
    member.get(f"{url(invoice)}edit", status=403)

    # the manager sends it back
    clock.advance(hours=1)
    page = manager.get(url(invoice))
    assert set(offered(page)) == {"reopen", "invalidate", "validate"}
    press(page, "invalidate", reason="The customer's order number is missing.")
    page = member.get(url(invoice))
    assert "The customer's order number is missing." in page.html.text

    # the member corrects it and asks again in one go
    page = save(page.click("Edit"), "submit", notes="Your order 4711").follow()
    assert (invoice.validation_status, invoice.notes) == ("wait", "Your order 4711")
    assert "It waits for validation." in words(page)
    assert "Saved." not in words(page)

    # the manager validates it
    clock.advance(hours=1)
    page = press(manager.get(url(invoice)), "validate").follow()
    assert f"It is validated and has the number {invoice.official_number}." in page
    assert invoice.official_number in page.html.find("h1").text
    assert offered(page) == ["close"]
    assert "Waiting for payment" in words(page)
    text = pdf_text(member, invoice)
    assert invoice.official_number in text
    assert "Oak staircase" in text
    assert "Ville de Saint-Brieuc" in text
    assert "Your order 4711" in text
    assert pdf_text(manager, invoice) == text

    # the accountant records a part, then the rest
    paying = {"date": "2026-11-20", "mode_id": str(mode.id)}
    page = accountant.get(url(invoice)).click("Record a payment")
    page = save(page, amount="600", reference="VIR 1", **paying).follow()
    assert "Partly paid" in words(page)
    assert (invoice.paid_status, invoice.to_pay) == ("paid", 1200)
    page = save(page.click("Record a payment"), **paying).follow()
    assert "Settled" in words(page)
    assert (invoice.paid_status, invoice.to_pay) == ("resulted", 0)
    assert offered(page) == []
    assert not page.html.select("a[href$='/payment']")

    # takes the second one back: what was settled is open again
    second = invoice.payments[-1]
    page = button(page, f"payments/{second.id}/delete").follow()
    assert (invoice.paid_status, invoice.to_pay) == ("paid", 1200)

    # closes it by decision, and takes that back
    page = press(page, "close", reason="The customer has gone bankrupt.").follow()
    assert "Closed by decision" in words(page)
    assert (invoice.paid_status, invoice.closure_status) == ("resulted", "closed")
    assert invoice.to_pay == 1200
    page = press(page, "undo_close", reason="They pay after all.").follow()
    assert (invoice.paid_status, invoice.closure_status) == ("paid", "open")

    assert story(db, invoice) == [
        ("Mona Member", "submit", ""),
        ("Max Manager", "invalidate", "The customer's order number is missing."),
        ("Mona Member", "submit", ""),
        ("Max Manager", "validate", ""),
        ("Ana Accountant", "part_pay", ""),
        ("Ana Accountant", "settle", ""),
        ("Ana Accountant", "part_pay", ""),
        ("Ana Accountant", "close", "The customer has gone bankrupt."),
        ("Ana Accountant", "settle", ""),
        ("Ana Accountant", "undo_close", "They pay after all."),
        ("Ana Accountant", "part_pay", ""),
    ]
    timeline = words(manager.get(url(invoice)))
    for told in ("Mona Member", "Max Manager", "They pay after all.", "VIR 1"):
        assert told in timeline


@pytest.mark.parametrize("sign", [1, -1])
def test_the_tolerance_is_one_for_all_payments(db, customer, sign):
    invoice = make_invoice(db, customer, lines=[100 * sign], status="valid")
    first = pay(db, invoice, 20 * sign)
    pay(db, invoice, 103 * sign)
    assert invoice.to_pay == -3 * sign

    def correct(amount):
        again = Received(date=TODAY, amount=amount * sign, mode_id=first.mode_id)
        Payments(transitions(db)).change(first, again)

    with pytest.raises(Refused), db.begin_nested():
        correct(Decimal("22.01"))
    correct(Decimal(22))
    assert invoice.to_pay == -5 * sign


def test_a_negative_invoice_is_settled_by_money_given_back(db, customer, accountant):
    make_mode(db)
    invoice = make_invoice(db, customer, lines=["-100"], status="valid")
    assert (invoice.due, invoice.paid_status) == (-120, "waiting")

    form = accountant.get(f"{url(invoice)}payment")
    save(form, status=422, amount="120.00")
    save(form, mode_id=str(make_mode(db).id), amount="-120.00")

    assert (invoice.to_pay, invoice.paid_status) == (0, "resulted")


def test_a_closure_survives_payments_and_their_removal(db, customer, accountant):
    invoice = make_invoice(db, customer, lines=["100"], status="valid")
    pay(db, invoice, 30)
    page = accountant.get(url(invoice))
    page = press(page, "close", reason="Too little to go to court.").follow()
    assert invoice.paid_status == "resulted"

    (payment,) = invoice.payments
    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    save(page, amount="20")
    assert (invoice.paid_status, invoice.closure_status) == ("resulted", "closed")
    assert invoice.to_pay == 100

    page = accountant.get(url(invoice))
    button(page, f"payments/{invoice.payments[0].id}/delete")
    assert (invoice.paid_status, invoice.closure_status) == ("resulted", "closed")
    assert invoice.to_pay == 120


@pytest.mark.parametrize(
    ("ht", "ceiling", "outcome"),
    [
        ("999.99", "1000", "valid"),
        ("1000", "1000", "valid"),
        ("1000.01", "1000", "refused"),
        ("-1000.01", "1000", "refused"),
        ("5000", None, "valid"),
    ],
)
def test_who_validates_alone_does_so_up_to_a_ceiling(
    db, company, customer, login, ht, ceiling, outcome
):
    user = make_member(db, company, "self_validate", ceiling=ceiling)
    browser = login(user)
    invoice = make_invoice(db, customer, lines=[ht])
    page = browser.get(url(invoice))

    if outcome == "valid":
        page = press(page, "validate").follow()
        assert invoice.validation_status == "valid"
        return

    assert offered(page) == ["submit"]
    assert "Your ceiling in this company is 1,000.00 before tax." in words(page)
    sent = {"action": "validate", "version": invoice.version}
    page = post(browser, f"{url(invoice)}do", sent, 403)
    assert "Your ceiling in this company is 1,000.00 before tax." in page.html.text
    assert (invoice.validation_status, invoice.official_number) == ("draft", None)


@pytest.mark.parametrize(("after_tax", "may"), [("99", True), ("101", False)])
def test_a_ceiling_counts_what_is_asked_for_after_tax(
    db, company, customer, login, after_tax, may
):
    user = make_member(db, company, "self_validate", ceiling="1000")
    more = PostTaxLine(label="Deposit", amount=Decimal(after_tax))
    invoice = make_invoice(db, customer, lines=["900"], post_tax_lines=[more])

    assert ("validate" in offered(login(user).get(url(invoice)))) is may


def test_who_may_validate_somewhere_may_do_so_from_the_new_form(
    db, company, customer, login
):
    browser = login(make_member(db, company, "self_validate", ceiling="1000"))
    conditions = make_conditions(db)
    typed = {
        "account_id": str(customer.id),
        "name": "Stairs",
        "description_1": "Work",
        "vat_id": str(make_vat(db).id),
        "payment_conditions_id": str(conditions.id),
    }
    page = browser.get("/invoices/add")

    save(page, "validate", 403, cost="1,900", **typed)
    assert db.scalars(select(Invoice)).all() == []
    page = save(page, "validate", cost="900", **typed).follow()

    invoice = db.scalars(select(Invoice)).one()
    assert invoice.validation_status == "valid"
    assert "It is validated and has the number" in words(page)
    assert "The draft is saved." not in words(page)


def test_the_new_form_offers_validation_to_nobody_else(
    db, company, customer, member, manager, login
):
    elsewhere = make_company(db)
    gone = make_company(db, active=False)
    user = make_member(db, gone, "self_validate")
    make_membership(db, user, elsewhere)

    assert "validate" not in buttons(member.get("/invoices/add"))
    assert "validate" not in buttons(login(user).get("/invoices/add"))
    assert "validate" in buttons(manager.get("/invoices/add"))


def buttons(page):
    return [one["value"] for one in page.html.select("button[name=action]")]


def test_a_ceiling_is_that_of_the_total_typed_now(db, company, customer, login):
    user = make_member(db, company, "self_validate", ceiling="1000")
    invoice = make_invoice(db, customer, lines=["900"])
    page = login(user).get(f"{url(invoice)}edit")

    page = save(page, "validate", 403, cost="1,900")

    assert "Your ceiling" in page.html.text
    assert (invoice.validation_status, invoice.ht) == ("draft", 900)


def test_A3_a_right_of_one_company_is_none_in_another(db, company, customer, login):
    elsewhere = make_company(db)
    user = make_member(db, elsewhere, "self_validate", "record_payment")
    stranger = login(user)
    invoice = make_invoice(db, customer)

    for path in ("", "edit", "print", "print.pdf", "payment"):
        stranger.get(url(invoice) + path, status=404)
    sent = {"action": "validate", "version": invoice.version}
    for path in ("do", "delete", "restore", "duplicate", "edit", "payment", "totals"):
        post(stranger, url(invoice) + path, sent, 404)

    make_membership(db, user, company)
    member = login(user)
    assert offered(member.get(url(invoice))) == ["submit"]
    post(member, f"{url(invoice)}do", sent, 403)
    assert invoice.validation_status == "draft"
    assert invoice.version == 1


LACKING = [
    ({"lines": []}, "Add at least one line."),
    ({"description": "  "}, "Line 1 needs a description."),
    ({"vat": None}, "Line 1 needs a VAT rate."),
    ({"conditions": None}, "Choose the payment conditions or a due date."),
]


@pytest.mark.parametrize(("lack", "sentence"), LACKING, ids=[s for _l, s in LACKING])
@pytest.mark.parametrize("name", ["submit", "validate"])
def test_a_guard_says_what_is_missing(db, customer, manager, lack, sentence, name):
    invoice = make_invoice(db, customer, lines=lack.get("lines", ["100"]))
    if "description" in lack:
        invoice.lines[0].description = lack["description"]
    if "vat" in lack:
        invoice.lines[0].vat = None
    if "conditions" in lack:
        invoice.payment_conditions = invoice.due_date = None
    db.flush()
    page = manager.get(url(invoice))
    assert sentence in words(page)

    page = press(page, name).follow()

    assert page.html.select_one(".notice-bad").get_text(strip=True) == sentence
    assert (invoice.validation_status, moves(db, invoice)) == ("draft", [])


def test_everything_that_is_missing_is_said_at_once(db, customer, manager):
    invoice = make_invoice(db, customer, lines=["1"] * 13)
    for one in invoice.lines[1:]:
        one.vat = None
    invoice.lines[0].description = " "
    invoice.payment_conditions = invoice.due_date = None
    db.flush()

    page = press(manager.get(url(invoice)), "submit").follow()

    assert [one.get_text(strip=True) for one in page.html.select(".notice-bad")] == [
        "Line 1 needs a description.",
        "Lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 … need a VAT rate.",
        "Choose the payment conditions or a due date.",
    ]
    assert invoice.validation_status == "draft"


def test_sending_back_needs_a_reason(db, customer, manager):
    invoice = make_invoice(db, customer, status="wait")
    page = manager.get(url(invoice))

    page = press(page, "invalidate", reason="   ").follow()

    assert "Say why: a reason is needed." in words(page)
    assert invoice.validation_status == "wait"


HIDDEN = """
submit      wait     member      409
reopen      draft    member      409
validate    draft    member      403
validate    wait     member      403
invalidate  wait     member      403
invalidate  draft    manager     409
validate    valid    manager     409
submit      valid    manager     409
reopen      valid    manager     409
close       draft    manager     409
close       valid    member      403
undo_close  valid    manager     409
settle      valid    manager     403
part_pay    valid    accountant  403
await_payment valid  manager     409
validate    wait     accountant  403
submit      draft    auditor     403
close       valid    auditor     403
save        draft    manager     409
nonsense    draft    manager     409
-           draft    manager     409
"""


@pytest.mark.parametrize("row", [line.split() for line in HIDDEN.strip().splitlines()])
def test_A2_what_is_not_offered_cannot_be_posted_either(
    db, company, customer, login, row
):
    action, status, who, answer = row
    users = {
        "member": make_member(db, company),
        **{name: make_user(db, roles={name}) for name in ("manager", "accountant")},
        "auditor": make_user(db, roles={"auditor"}),
    }
    invoice = make_invoice(db, customer, status=status)
    before = [one.action for one in moves(db, invoice)]
    browser = login(users[who])
    assert action not in offered(browser.get(url(invoice)))

    sent = {"action": action.strip("-"), "version": invoice.version, "reason": "I want"}
    post(browser, f"{url(invoice)}do", sent, int(answer))

    assert invoice.validation_status == status
    assert [one.action for one in moves(db, invoice)] == before


def test_an_action_takes_a_post_with_a_token(db, customer, manager):
    invoice = make_invoice(db, customer)
    sent = {"action": "validate", "version": invoice.version}

    manager.get(f"{url(invoice)}do", sent, status=404)
    manager.post(f"{url(invoice)}do", sent, status=400)
    manager.post(f"{url(invoice)}do", {**sent, "csrf_token": "0" * 64}, status=400)

    assert invoice.validation_status == "draft"


def test_nobody_is_asked_to_log_in_first(db, customer, visitor):
    invoice = make_invoice(db, customer)

    for path in ("", "edit", "print.pdf", "payment"):
        answer = visitor.get(url(invoice) + path, status=303)
        assert answer.location.startswith("http://localhost/login?next=")


@pytest.mark.parametrize(
    "key",
    [
        "999999",
        "abc",
        "0",
        "-1",
        "1.0",
        "2147483648",
        "9" * 18,
        "9" * 30,
        "%D9%A3",
        "1%20",
    ],
)
def test_what_is_not_there_is_not_found(manager, key):
    manager.get(f"/invoices/{key}/", status=404)
    manager.get(f"/invoices/{key}/edit", status=404)
    post(manager, f"/invoices/{key}/do", {"action": "validate", "version": "1"}, 404)


def test_a_node_of_another_kind_is_no_invoice(db, customer, manager):
    make_invoice(db, customer)

    manager.get(f"/invoices/{customer.entity_id}/", status=404)


def test_a_copy_is_a_new_draft_of_today(db, company, customer, login, clock):
    original = make_invoice(
        db,
        customer,
        status="valid",
        lines=["100", "50"],
        name="Repairs",
        notes="Thanks",
    )
    number = original.official_number
    clock.advance(days=40)
    member = login(make_member(db, company))

    answer = button(member.get(url(original)), "duplicate")

    copy = db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
    assert answer.location.endswith(url(copy))
    assert copy.id != original.id
    assert (copy.validation_status, copy.official_number) == ("draft", None)
    assert (copy.date, copy.due_date) == (date(2026, 12, 30), date(2027, 1, 29))
    assert (copy.name, copy.notes, copy.ht) == ("Repairs", "Thanks", 150)
    assert copy.company_id == company.id
    assert moves(db, copy) == []
    assert not {line.id for line in copy.lines} & {line.id for line in original.lines}
    assert (original.official_number, len(original.lines)) == (number, 2)


@pytest.mark.parametrize("what", ["account", "company"])
def test_nothing_new_is_written_for_who_is_not_in_use(db, customer, manager, what):
    original = make_invoice(db, customer)
    opened = manager.get(url(original))
    (customer if what == "account" else customer.company).active = False
    db.flush()

    page = button(opened, "duplicate").follow()

    assert "nothing new can be written" in words(page)
    assert db.scalars(select(Invoice)).all() == [original]
    save(manager.get(f"{url(original)}edit"), name="It keeps its customer")
    assert original.name == "It keeps its customer"


def test_a_new_invoice_is_not_for_a_customer_who_is_not_in_use(db, customer, member):
    opened = member.get("/invoices/add")
    customer.active = False
    db.flush()

    page = save(opened, status=422, account_id=str(customer.id), name="Repairs")

    assert page.html.select_one("#account_id-error")
    assert db.scalars(select(Invoice)).all() == []


def test_the_bin_and_back(db, customer, member):
    invoice = make_invoice(db, customer, name="Mistake")

    page = button(member.get(url(invoice)), "delete").follow()

    assert "It has been in the bin since" in words(page)
    assert offered(page) == []
    reasons = page.html.select_one(".why").get_text(" ")
    # asking for validation, editing and duplicating; the rest is not a member’s to do
    assert reasons.count("It is in the bin: restore it first.") == 5
    assert "Mistake" not in member.get("/invoices/")
    assert "Mistake" in member.get("/invoices/?bin=1")
    member.get(f"{url(invoice)}edit", status=403)
    sent = {"action": "submit", "version": invoice.version}
    page = post(member, f"{url(invoice)}do", sent, 403)
    assert "It is in the bin: restore it first." in words(page)

    page = button(member.get(url(invoice)), "restore").follow()

    assert offered(page) == ["submit"]
    assert "Mistake" in member.get("/invoices/")
    assert changes(db, invoice) == ["deleted_at", "deleted_at"]


def changes(db, invoice):
    query = select(FieldChange.field).where(FieldChange.node_id == invoice.id)
    return db.scalars(query.order_by(FieldChange.id)).all()


@pytest.mark.parametrize("path", ["edit", "delete", "restore"])
@pytest.mark.parametrize("who", ["manager", "member", "accountant", "auditor"])
def test_E3_nobody_changes_a_validated_invoice(db, company, customer, login, who, path):
    roles = () if who == "member" else {who}
    user = make_user(db, roles=roles)
    make_membership(db, user, company, "self_validate")
    browser = login(user)
    invoice = make_invoice(db, customer, status="valid", name="Fixed")
    was = (invoice.version, invoice.official_number)

    page = browser.get(url(invoice))
    assert not page.html.select(f"form[action$='/{path}'], a[href$='/{path}']")
    sent = {"version": invoice.version, "name": "Changed", "action": "save"}
    answer = post(browser, url(invoice) + path, sent, "4*")

    assert answer.status_int in (403, 409)
    assert (invoice.version, invoice.official_number, invoice.name) == (*was, "Fixed")
    assert invoice.deleted_at is None


def test_a_waiting_invoice_is_changed_by_those_who_may_send_it_back(
    db, company, customer, login, manager
):
    invoice = make_invoice(db, customer, status="wait", name="Before")
    validator = login(make_member(db, company, "self_validate"))

    validator.get(f"{url(invoice)}edit", status=403)
    save(manager.get(f"{url(invoice)}edit"), name="After")

    assert (invoice.name, invoice.validation_status) == ("After", "wait")


def test_A5_the_rights_of_a_user_are_looked_up_at_each_request(
    db, company, customer, login
):
    user = make_member(db, company, "self_validate")
    browser = login(user)
    invoice = make_invoice(db, customer)
    page = browser.get(url(invoice))
    assert "validate" in offered(page)

    user.memberships[0].rights = frozenset()
    db.flush()

    press(page, "validate", 403)
    assert invoice.validation_status == "draft"


def test_numbers_follow_each_other_in_the_order_of_validation(db, customer, manager):
    invoices = [make_invoice(db, customer) for _ in range(3)]

    for invoice in reversed(invoices):
        press(manager.get(url(invoice)), "validate")

    found = [invoice.official_number for invoice in reversed(invoices)]
    counted = [int("".join(filter(str.isdigit, one))[-4:]) for one in found]
    assert counted == list(range(counted[0], counted[0] + 3))


def test_a_date_before_the_last_numbered_one_is_refused_with_a_sentence(
    db, customer, manager
):
    make_invoice(db, customer, status="valid", date=date(2026, 11, 20))
    late = make_invoice(db, customer, date=date(2026, 11, 19))

    page = press(manager.get(url(late)), "validate").follow()

    assert page.html.select_one(".notice-bad")
    assert late.validation_status == "draft"
    assert moves(db, late) == []


def test_a_date_after_today_is_refused_with_a_sentence(db, customer, manager):
    early = make_invoice(db, customer, date=date(2026, 11, 21))

    page = press(manager.get(url(early)), "validate").follow()

    assert "after today" in words(page)
    assert (early.validation_status, early.official_number) == ("draft", None)


def test_an_invoice_of_nothing_is_settled_as_soon_as_it_is_valid(db, customer, manager):
    invoice = make_invoice(db, customer, lines=["100", "-100"])

    press(manager.get(url(invoice)), "validate")

    assert (invoice.paid_status, invoice.to_pay) == ("resulted", Decimal(0))
    assert [one.action for one in moves(db, invoice)] == ["validate", "fix", "settle"]


def test_the_draft_is_printed_as_a_draft_and_not_kept(db, customer, member):
    invoice = make_invoice(db, customer, name="Provisional")

    assert "Provisional" in pdf_text(member, invoice)
    assert "Nothing is kept yet" in member.get(url(invoice))


def test_the_token_of_one_browser_opens_nothing_in_another(
    db, customer, manager, member
):
    invoice = make_invoice(db, customer)
    sent = {
        "csrf_token": token(member),
        "action": "validate",
        "version": str(invoice.version),
    }

    manager.post(f"{url(invoice)}do", sent, status=400)

    assert invoice.validation_status == "draft"
