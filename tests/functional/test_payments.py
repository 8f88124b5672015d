"""Money received, end to end: the known cases, the rights, the history."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.history import FieldChange
from endi_like.models.payments import Payment, PaymentPart
from tests.factories import (
    make_bank,
    make_company,
    make_invoice,
    make_line,
    make_member,
    make_mode,
    make_user,
    make_vat,
    move,
    pay,
)
from tests.functional.moved import moves
from tests.functional.pages import (
    button,
    document_form,
    offered,
    post,
    press,
    save,
    words,
)
from tests.functional.programs import Program
from tests.golden import cases, euros


@pytest.fixture
def accountant(db, login):
    return login(make_user(db, name="Ana Accountant", roles={"accountant"}))


@pytest.fixture
def mode(db):
    return make_mode(db)


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer, lines=["100"], status="valid")


def url(invoice):
    return f"/invoices/{invoice.id}/"


def receive(browser, invoice, mode, amount, status=303, **more):
    sent = {
        "version": invoice.version,
        "date": "2026-11-20",
        "amount": amount,
        "mode_id": mode.id,
    }
    return post(browser, f"{url(invoice)}payment", sent | more, status)


def parts(payment):
    return {part.vat.value.normalize(): part.amount for part in payment.parts}


def changes(db, invoice):
    query = select(FieldChange).where(FieldChange.node_id == invoice.id)
    return [
        (one.what, one.field, one.before, one.after)
        for one in db.scalars(query.order_by(FieldChange.id))
    ]


def asked(db, given):
    """Return mode and lines of an invoice that asks for what a known case says."""
    if "document" in given:
        document = given["document"]
        return document["mode"], [
            make_line(
                db,
                euros(one["cost"]),
                quantity=one["quantity"],
                vat=make_vat(db, Decimal(one["tva"]) / 100),
            )
            for group in document["groups"]
            for one in group
        ]
    return "ttc", [
        make_line(db, euros(amount), vat=make_vat(db, Decimal(rate) / 100))
        for rate, amount in given["topay_by_rate"].items()
    ]


def by_rate(amounts):
    return {Decimal(rate) / 100: euros(amount) for rate, amount in amounts.items()}


@pytest.mark.parametrize("case", cases("payment_split"))
def test_payments_are_split_as_the_known_cases_say(
    db, customer, accountant, mode, case
):
    given, expected = case["input"], case["expect"]
    how, lines = asked(db, given)
    invoice = make_invoice(db, customer, lines=lines, mode=how, status="valid")
    if "topay" in expected:
        assert invoice.to_pay == euros(expected["topay"])
        totals = {one.vat.value.normalize(): one.ttc for one in invoice.vat_totals}
        assert totals == by_rate(expected["topay_by_rate"])
    # people type cents: what is finer is refused by the form, and rounded by no one
    amount = round(euros(given["payment"]), 2)

    if "raises" in expected:
        page = receive(accountant, invoice, mode, amount, 422)
        assert "This is more than what is left to pay" in words(page)
        assert invoice.payments == []
        return
    receive(accountant, invoice, mode, amount)

    (payment,) = invoice.payments
    if "parts" in expected:
        assert parts(payment) == by_rate(expected["parts"])
    if "sum" in expected:
        assert payment.amount == euros(expected["sum"])
    if "topay_after" in expected:
        assert invoice.to_pay == euros(expected["topay_after"])
    assert sum(parts(payment).values()) == payment.amount == amount


@pytest.mark.parametrize("case", cases("is_last_payment"))
def test_the_last_payment_settles(db, customer, accountant, mode, case):
    given = case["input"]
    line = make_line(db, euros(given["topay"]), vat=make_vat(db, "-1", label="None"))
    invoice = make_invoice(db, customer, lines=[line], status="valid")

    receive(accountant, invoice, mode, euros(given["payment"]))

    settled = case["expect"]["last"]
    assert invoice.paid_status == ("resulted" if settled else "paid")


@pytest.mark.parametrize("row", cases("paid_status")[0].values[0]["expect"]["rows"])
def test_the_paid_status_follows_from_the_facts(db, customer, row):
    total, to_pay, has_payment, forced, status = row
    line = make_line(db, euros(total * 1000), vat=make_vat(db, "-1", label="None"))
    invoice = make_invoice(db, customer, lines=[line], status="valid")
    if has_payment and total != to_pay:
        pay(db, invoice, euros((total - to_pay) * 1000))
    if forced:
        move(db, invoice, "close", "Bankrupt")

    assert invoice.paid_status == status


def test_a_form_opens_with_what_is_left_to_pay(db, invoice, accountant):
    bank = make_bank(db, default=True)
    mode = make_mode(db, "Cheque")
    mode.default = True
    pay(db, invoice, "20.50")

    form = document_form(accountant.get(f"{url(invoice)}payment"))

    assert form["amount"].value == "99.50"
    assert form["date"].value == "2026-11-20"
    assert (form["mode_id"].value, form["bank_id"].value) == (
        str(mode.id),
        str(bank.id),
    )


def test_everything_about_a_payment_is_kept(db, invoice, accountant, mode):
    bank = make_bank(db)

    receive(
        accountant,
        invoice,
        mode,
        "12.00",
        date="2026-11-18",
        bank_id=bank.id,
        reference="VIR 42",
    )

    (payment,) = invoice.payments
    assert (payment.date, payment.amount) == (date(2026, 11, 18), 12)
    assert (payment.mode, payment.bank, payment.reference) == (mode, bank, "VIR 42")
    assert payment.recorded_by.name == "Ana Accountant"
    shown = words(accountant.get(url(invoice)))
    for text in ("VIR 42", "Bank transfer", "12.00", "Ana Accountant"):
        assert text in shown


BAD = [
    ("amount", "0"),
    ("amount", "-5"),
    ("amount", "0.001"),
    ("amount", "1e3"),
    ("amount", "NaN"),
    ("amount", "125.01"),
    ("amount", "99999999999.99"),
    ("amount", ""),
    ("date", ""),
    ("date", "2026-02-30"),
    ("date", "0001-01-01"),
    ("date", "2026-11-21"),
    ("date", "2025-11-18"),
    ("mode_id", ""),
    ("mode_id", "999999"),
    ("bank_id", "999999"),
    ("bank_id", "x"),
    ("reference", "x" * 101),
    ("reference", "a\x07b"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_payment_is_refused_and_what_was_typed_stays(
    db, invoice, accountant, mode, name, value
):
    sent = {"amount": "20", "reference": "VIR 1"} | {name: value}
    page = receive(accountant, invoice, mode, status="4*", **sent)

    assert page.status_int in (400, 422)
    assert (invoice.payments, invoice.version) == ([], 3)
    if page.status_int == 422 and name != "reference":
        assert document_form(page)["reference"].value == "VIR 1"


def test_a_day_that_cannot_be_meant_is_named(db, invoice, accountant, mode):
    page = receive(accountant, invoice, mode, "20", 422, date="2026-11-21")
    assert "still to come: it is 20/11/2026 today" in words(page)
    page = receive(accountant, invoice, mode, "20", 422, date="2025-11-18")
    assert "more than a year before the invoice of 20/11/2026" in words(page)

    receive(accountant, invoice, mode, "20", date="2025-11-20")
    (payment,) = invoice.payments
    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    page = save(page, status=422, date="2026-11-21")

    assert "still to come" in words(page)
    assert payment.date == date(2025, 11, 20)


@pytest.mark.parametrize("status", ["draft", "wait", "invalid"])
def test_only_a_validated_invoice_is_paid(db, customer, accountant, mode, status):
    invoice = make_invoice(db, customer, status=status)

    assert "It is not validated yet." in accountant.get(
        f"{url(invoice)}payment", status=409
    )
    page = receive(accountant, invoice, mode, "20", 422)

    assert "It is not validated yet." in words(page)
    assert invoice.payments == []


def test_five_euros_too_much_are_taken_but_nothing_once_it_is_settled(
    db, invoice, accountant, mode, app
):
    receive(accountant, invoice, mode, "100")
    receive(accountant, invoice, mode, "25.01", 422)
    receive(accountant, invoice, mode, "24")
    assert (invoice.paid_status, invoice.to_pay) == ("resulted", -4)

    settled = "It is settled: nothing is left to pay."
    assert settled in words(accountant.get(url(invoice)))
    assert settled in accountant.get(f"{url(invoice)}payment", status=409)
    assert settled in words(receive(accountant, invoice, mode, "1", 422))
    program = Program(app, db, make_user(db, roles={"accountant"}))
    sent = {"version": invoice.version, "date": "2026-11-20", "amount": "1.00"}
    answer = program.post(
        f"{url(invoice)}payment", {**sent, "mode_id": mode.id}, status=422
    )
    assert settled in answer.text

    assert invoice.to_pay == -4


def test_a_closed_invoice_takes_no_money(db, invoice, accountant, mode):
    move(db, invoice, "close", "Bankrupt")

    page = receive(accountant, invoice, mode, "20", 422)

    assert "undo the closure first" in words(page)
    assert "undo the closure first" in words(accountant.get(url(invoice)))
    assert invoice.payments == []


def test_what_is_settled_cannot_be_closed(db, invoice, accountant, mode):
    opened = accountant.get(url(invoice))
    receive(accountant, invoice, mode, "120")
    page = accountant.get(url(invoice))

    assert offered(page) == []
    assert "It is settled already." in words(page)
    sent = {"action": "close", "reason": "I want", "version": invoice.version}
    page = post(accountant, f"{url(invoice)}do", sent, 409)
    assert "It is settled already." in words(page)
    press(opened, "close", status=409, reason="Bankrupt")
    assert invoice.closure_status == "open"


def test_a_negative_invoice_is_paid_back(db, customer, accountant, mode):
    invoice = make_invoice(db, customer, lines=["-100"], status="valid")

    receive(accountant, invoice, mode, "20", 422)
    receive(accountant, invoice, mode, "-20")
    assert (invoice.paid_status, invoice.to_pay) == ("paid", -100)
    receive(accountant, invoice, mode, "-100")

    assert (invoice.paid_status, invoice.to_pay) == ("resulted", 0)


def test_a_correction_is_split_anew_and_written_down(db, customer, accountant, mode):
    lines = [make_line(db, "100"), make_line(db, "100", vat=make_vat(db, "10"))]
    invoice = make_invoice(db, customer, lines=lines, status="valid")
    receive(accountant, invoice, mode, "23")
    (payment,) = invoice.payments
    assert parts(payment) == {20: 12, 10: 11}
    cheque = make_mode(db, "Cheque")

    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    save(page, amount="230", mode_id=str(cheque.id), reference="Cheque 7")

    assert parts(payment) == {20: 120, 10: 110}
    assert (invoice.paid_status, payment.mode) == ("resulted", cheque)
    assert moves(db, invoice)[-2:] == ["part_pay", "settle"]
    found = changes(db, invoice)
    assert ("payment", "amount", "23", "230") in found
    assert ("payment", "mode_id", "Bank transfer", "Cheque") in found
    assert ("payment", "reference", "", "Cheque 7") in found


def test_a_correction_counts_the_payment_itself_out(db, invoice, accountant, mode):
    receive(accountant, invoice, mode, "120")
    (payment,) = invoice.payments

    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    save(page, amount="119.99")
    assert (invoice.paid_status, invoice.to_pay) == ("paid", Decimal("0.01"))
    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    save(page, amount="125.01", status=422)

    assert payment.amount == Decimal("119.99")


def test_a_mode_taken_out_of_use_stays_with_its_payments(db, invoice, accountant, mode):
    bank = make_bank(db)
    receive(accountant, invoice, mode, "20", bank_id=bank.id)
    (payment,) = invoice.payments
    mode.active = bank.active = False
    db.flush()

    page = accountant.get(f"{url(invoice)}payments/{payment.id}/edit")
    save(page, amount="30")
    receive(accountant, invoice, mode, "20", 422)

    assert (payment.amount, payment.mode, payment.bank) == (30, mode, bank)


def test_the_timeline_says_what_became_of_the_money(db, invoice, accountant, mode):
    receive(accountant, invoice, mode, "120")
    (payment,) = invoice.payments
    page = button(
        accountant.get(url(invoice)), f"payments/{payment.id}/delete"
    ).follow()

    told = page.html.select_one("[aria-labelledby=timeline]").get_text(" ")
    who = "Ana Accountant"
    for said in (
        f"{who} recorded a payment: 120.00 on 20/11/2026, Bank transfer",
        f"{who} took a payment back: 120.00 on 20/11/2026, Bank transfer",
        "Nothing is left to pay: it is settled.",
        "Nothing is paid: it waits for payment.",
    ):
        assert said in " ".join(told.split())
    assert f"{who}: " not in told


def test_taking_back_is_written_down(db, invoice, accountant, mode):
    receive(accountant, invoice, mode, "120")
    (payment,) = invoice.payments
    caption = payment.caption

    button(accountant.get(url(invoice)), f"payments/{payment.id}/delete")

    assert (invoice.payments, invoice.paid_status) == ([], "waiting")
    assert invoice.to_pay == 120
    assert ("payment", "", caption, None) in changes(db, invoice)
    assert moves(db, invoice)[-2:] == ["settle", "await_payment"]
    assert db.scalar(select(func.count()).select_from(PaymentPart)) == 0


WHO = """
                   record  correct  take-back
member             403     403      403
with-the-right     303     403      403
right-elsewhere    403     403      403
stranger           404     404      404
manager            303     303      303
accountant         303     303      303
auditor            403     403      403
"""
VERBS, *ROWS = [line.split() for line in WHO.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_who_may_touch_money(db, company, invoice, login, mode, row):
    who, *expected = row
    elsewhere = make_company(db)
    makers = {
        "member": lambda: make_member(db, company),
        "with-the-right": lambda: make_member(db, company, "record_payment"),
        "stranger": lambda: make_member(db, elsewhere, "record_payment"),
    }
    user = makers.get(who, lambda: make_user(db, roles={who} - {"right-elsewhere"}))()
    if who == "right-elsewhere":
        user = make_member(db, elsewhere, "record_payment")
        from_here = make_member(db, company)
        user.memberships += from_here.memberships
        db.flush()
    browser = login(user)
    payment = pay(db, invoice, "20")
    place = f"{url(invoice)}payments/{payment.id}/"
    changed = {"date": "2026-11-20", "amount": "30", "mode_id": mode.id}

    found = [
        receive(browser, invoice, mode, "10", "*").status_int,
        post(
            browser, f"{place}edit", changed | {"version": invoice.version}, "*"
        ).status_int,
        post(browser, f"{place}delete", {"version": invoice.version}, "*").status_int,
    ]

    assert [str(status) for status in found] == expected
    assert len(VERBS) == len(expected)


def test_a_payment_is_found_under_its_own_invoice_only(
    db, customer, invoice, accountant, mode
):
    other = make_invoice(db, customer, status="valid")
    payment = pay(db, other, "20")

    for path in ("edit", "delete"):
        place = f"{url(invoice)}payments/{payment.id}/{path}"
        post(accountant, place, {"version": invoice.version, "amount": "1"}, 404)
    accountant.get(f"{url(invoice)}payments/{payment.id}/edit", status=404)

    assert payment.amount == 20
    assert db.scalar(select(func.count()).select_from(Payment)) == 1


def test_payments_do_not_change_the_document(db, invoice, accountant, mode):
    fixed = (invoice.official_number, invoice.ttc, invoice.validation_status)

    receive(accountant, invoice, mode, "20")

    assert (invoice.official_number, invoice.ttc, invoice.validation_status) == fixed
