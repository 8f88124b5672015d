"""What was credited as a whole is invoiced again, and all of it is the estimation."""

from decimal import Decimal

import pytest

from endi_like.models.sales import PostTaxLine
from endi_like.services.attaching import attach
from endi_like.services.deadlines import next_deadline
from endi_like.services.invariants import invariants
from endi_like.services.invoicing import (
    invoice_all,
    invoice_next,
    is_invoiceable,
)
from endi_like.services.progress import invoice_progress
from endi_like.services.sales import compute
from endi_like.workflow.errors import ActionError, Refused
from tests.factories import (
    TODAY,
    make_credit_note,
    make_estimation,
    make_invoice,
    make_line,
    make_vat,
    move,
    transitions,
)


def asked(estimation):
    """Return what each invoice that is not in the bin asks for, in their order."""
    return [one.due for one in estimation.living_invoices]


def take_back(db, invoice, amount):
    """Credit an amount with tax of an invoice of one rate."""
    note = make_credit_note(db, invoice, whole=False)
    ((line,),) = [group.lines for group in note.groups]
    line.cost, line.quantity = Decimal(-amount) / Decimal("1.2"), Decimal(1)
    compute(note)
    db.flush()
    move(db, note, "validate")
    assert note.due == -amount


def test_what_was_credited_as_a_whole_is_invoiced_again(db):
    estimation = make_estimation(db, status="valid")
    (invoice,) = invoice_all(db, estimation, TODAY)
    move(db, invoice, "validate")
    assert "All of it" in is_invoiceable(db, estimation)
    note = make_credit_note(db, invoice)
    assert "All of it" in is_invoiceable(db, estimation), "a draft takes nothing back"
    move(db, note, "validate")
    assert is_invoiceable(db, estimation) is None
    (again,) = invoice_all(db, estimation, TODAY)
    move(db, again, "validate")
    assert estimation.deadlines[0].invoice is again
    assert asked(estimation) == [120, 120]
    assert estimation.left_to_invoice == 0
    assert "All of it" in is_invoiceable(db, estimation)
    assert list(invariants(db)) == []


def test_a_deposit_that_was_credited_after_the_balance_is_invoiced_again(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    make_credit_note(db, deposit, status="valid")
    assert next_deadline(estimation).kind == "deposit"
    (again,) = invoice_all(db, estimation, TODAY)
    assert [one.source for one in again.deductions] == [
        deposit,
        deposit.credit_notes[0],
        balance,
    ]
    move(db, again, "validate")
    assert asked(estimation) == [36, 84, 36]
    assert estimation.left_to_invoice == 0


def test_what_was_taken_back_in_part_is_not_invoiced_again(db):
    estimation = make_estimation(db, status="valid")
    (invoice,) = invoice_all(db, estimation, TODAY)
    move(db, invoice, "validate")
    take_back(db, invoice, 12)
    assert estimation.left_to_invoice == 12
    assert "All of it" in is_invoiceable(db, estimation)


def test_parts_that_were_credited_after_the_balance_ask_for_what_is_left(db):
    estimation = make_estimation(db, status="valid", deposit="30", equal_parts=2)
    while (deadline := next_deadline(estimation)).kind != "balance":
        one = invoice_next(db, estimation, deadline.id, TODAY)
        move(db, one, "validate")
        take_back(db, one, 24)
    (balance,) = invoice_all(db, estimation, TODAY)
    move(db, balance, "validate")
    assert [one.due for one in estimation.living_invoices] == [36, 42, 90]
    for one in estimation.living_invoices[:2]:
        make_credit_note(db, one, status="valid")
    assert estimation.left_to_invoice == 30
    for one in invoice_all(db, estimation, TODAY):
        move(db, one, "validate")
    assert asked(estimation) == [36, 42, 90, 30]
    assert estimation.left_to_invoice == 0
    assert "All of it" in is_invoiceable(db, estimation)


def test_what_was_granted_after_the_balance_is_not_asked_for_by_a_deposit(db):
    estimation = make_estimation(db, lines=["1000"], status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    take_back(db, balance, 120)
    make_credit_note(db, deposit, status="valid")
    (again,) = invoice_all(db, estimation, TODAY)
    assert asked(estimation) == [360, 840, 360]
    take_back(db, balance, 24)
    assert again.lacking == [], "what is granted meanwhile is not asked for either"
    move(db, again, "validate")
    assert (estimation.left_to_invoice, estimation.left_to_ask) == (144, 0)
    assert "All of it" in is_invoiceable(db, estimation)
    assert list(invariants(db)) == []


def test_what_a_balance_made_good_and_what_was_granted_after_it_are_told_apart(db):
    estimation = make_estimation(db, lines=["1000"], status="valid", deposit="30")
    deposit = invoice_next(db, estimation, estimation.deadlines[0].id, TODAY)
    move(db, deposit, "validate")
    take_back(db, deposit, 120)
    (balance,) = invoice_all(db, estimation, TODAY)
    move(db, balance, "validate")
    take_back(db, balance, 60)
    make_credit_note(db, deposit, status="valid")
    (again,) = invoice_all(db, estimation, TODAY)
    assert asked(estimation) == [360, 960, 240]
    move(db, again, "validate")
    assert estimation.left_to_invoice == 60


@pytest.mark.parametrize("before", [0, 120])
def test_what_was_granted_at_last_is_not_asked_for_by_progress(db, before):
    estimation = make_estimation(db, lines=["1000"], status="valid")
    first = invoice_progress(db, estimation, ((Decimal(30),),), TODAY)
    move(db, first, "validate")
    if before:
        take_back(db, first, before)
    last = invoice_progress(db, estimation, ((Decimal(70),),), TODAY)
    move(db, last, "validate")
    take_back(db, last, 60)
    make_credit_note(db, first, status="valid")
    again = invoice_progress(db, estimation, ((Decimal(30),),), TODAY)
    assert again.lacking == []
    move(db, again, "validate")
    assert asked(estimation) == [360, 840 + before, 360 - before]
    assert estimation.left_to_invoice == 60
    assert list(invariants(db)) == []


def test_what_a_balance_asked_for_after_tax_is_not_asked_for_again(db):
    after = [PostTaxLine(label="Deed", amount=Decimal(50))]
    lines = {"lines": ["1000"], "post_tax_lines": after}
    estimation = make_estimation(db, status="valid", deposit="30", **lines)
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    make_credit_note(db, deposit, status="valid")
    (again,) = invoice_all(db, estimation, TODAY)
    assert asked(estimation) == [375, 875, 375]
    assert again.lacking == []


@pytest.mark.parametrize("after_tax", [2, -50])
def test_what_was_asked_for_after_tax_by_hand_is_deducted_from_the_balance(
    db, after_tax
):
    estimation = make_estimation(db, lines=["1000"], status="valid")
    after = [PostTaxLine(label="Stamps", amount=Decimal(after_tax), position=0)]
    other = make_invoice(db, estimation.account, lines=["100"], post_tax_lines=after)
    attach(db, estimation, [other.id], transitions(db))
    move(db, other, "validate")
    (balance,) = invoice_all(db, estimation, TODAY)
    assert asked(estimation) == [120 + after_tax, 1080 - after_tax]
    assert [one.label for one in balance.post_tax_lines] == ["Stamps"]
    move(db, balance, "validate")
    assert estimation.left_to_invoice == 0
    assert list(invariants(db)) == []


def test_what_was_credited_as_a_whole_may_be_given_up(db):
    estimation = make_estimation(db, status="valid")
    (invoice,) = invoice_all(db, estimation, TODAY)
    move(db, invoice, "validate")
    with pytest.raises(ActionError, match="credit them"):
        move(db, estimation, "abort", "too dear")
    make_credit_note(db, invoice, status="valid")
    move(db, estimation, "abort", "too dear")
    assert estimation.signed_status == "aborted"


ANEW = [
    "Since it was written, other invoices or credit notes of its estimation count: "
    "make this one anew."
]


def test_a_balance_is_not_validated_without_a_credit_note_of_meanwhile(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    move(db, deposit, "validate")
    assert balance.lacking == []
    make_credit_note(db, deposit, status="valid")
    assert balance.lacking == ANEW
    balance.deleted_at = balance.created_at
    db.flush()
    for one in invoice_all(db, estimation, TODAY):
        move(db, one, "validate")
    assert asked(estimation) == [36, 36, 84]
    assert estimation.left_to_invoice == 0


def test_a_balance_is_not_validated_beside_an_invoice_it_does_not_deduct(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    move(db, deposit, "validate")
    other = make_invoice(db, estimation.account, lines=["0"])
    other.estimation = estimation
    db.flush()
    assert balance.lacking == ANEW


TOO_MUCH = ["With it, more than all of its estimation is invoiced."]


def raise_to(db, invoice, cost):
    """Change the price of the first line of a draft."""
    invoice.groups[0].lines[0].cost = Decimal(cost)
    compute(invoice)
    db.flush()


@pytest.mark.parametrize("way", [1, -1])
def test_a_generated_draft_that_has_grown_beyond_its_estimation_is_refused(db, way):
    estimation = make_estimation(db, lines=[100 * way], status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    raise_to(db, deposit, 31 * way)
    assert deposit.lacking == TOO_MUCH
    raise_to(db, deposit, 30 * way)
    move(db, deposit, "validate")
    raise_to(db, balance, 500 * way)
    assert balance.lacking == TOO_MUCH
    raise_to(db, balance, 99 * way)
    assert balance.lacking == [], "a customer may be granted something"


def test_a_draft_that_gives_back_is_no_room_for_another(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    raise_to(db, deposit, 500)
    assert deposit.lacking == TOO_MUCH
    balance.deleted_at = balance.created_at
    db.flush()
    (balance,) = invoice_all(db, estimation, TODAY)
    assert (balance.due, estimation.left_to_invoice) == (-480, 0)
    assert deposit.lacking == TOO_MUCH


def test_what_is_taken_off_at_last_may_be_asked_for_before_by_progress(db):
    estimation = make_estimation(db, lines=["100", "-60"], status="valid")
    none, whole = Decimal(0), Decimal(100)
    first = invoice_progress(db, estimation, ((whole, none),), TODAY)
    assert (first.due, estimation.due) == (120, 48)
    raise_to(db, first, 101)
    assert first.lacking == TOO_MUCH
    raise_to(db, first, 100)
    move(db, first, "validate")
    last = invoice_progress(db, estimation, ((none, whole),), TODAY)
    raise_to(db, last, 101)
    assert last.lacking == TOO_MUCH
    raise_to(db, last, 100)
    move(db, last, "validate")
    assert estimation.left_to_invoice == 0


def test_what_comes_with_the_balance_may_be_asked_for_by_hand_before(db):
    after = [PostTaxLine(label="Voucher", amount=Decimal(-1), position=0)]
    vat = make_vat(db, "20")
    estimation = make_estimation(
        db,
        lines=[make_line(db, "1000", vat=vat)],
        expenses_ht=Decimal(500),
        expenses_vat=vat,
        post_tax_lines=after,
        status="valid",
    )
    assert (estimation.due, estimation.most_in_shares) == (1799, 1799)
    assert not estimation.is_beyond(Decimal(1300), 2, by_share=True)
    assert estimation.is_beyond(Decimal(1801), 2, by_share=True)


def test_what_was_done_by_progress_is_not_raised_either(db):
    estimation = make_estimation(db, status="valid")
    draft = invoice_progress(db, estimation, ((Decimal(50),),), TODAY)
    raise_to(db, draft, 500)
    assert draft.lacking == TOO_MUCH


@pytest.mark.parametrize("way", [1, -1])
def test_no_more_than_is_left_is_attached_whatever_its_sign(db, way):
    estimation = make_estimation(db, lines=[100 * way], status="valid")
    account = estimation.account
    most = make_invoice(db, account, lines=[100 * way])
    more = make_invoice(db, account, lines=[Decimal("100.01") * way])
    with pytest.raises(Refused, match="more than what is left"):
        attach(db, estimation, [more.id], transitions(db))
    assert attach(db, estimation, [most.id], transitions(db)) == 1


@pytest.mark.parametrize(
    ("cost", "vat", "deposit", "wanted"),
    [
        ("0.01", "0", "60", ["0.01", "0"]),
        ("0.02", "0", "30", ["0.01", "0.01", "0"]),
        ("100", "20", "100", ["120", "0"]),
    ],
)
def test_a_part_of_nothing_is_not_asked_for(db, cost, vat, deposit, wanted):
    lines = [make_line(db, cost, vat=make_vat(db, vat))]
    estimation = make_estimation(
        db, lines=lines, status="valid", deposit=deposit, equal_parts=3
    )
    amounts = [Decimal(one) for one in wanted]
    assert [one.amount for one in estimation.deadlines] == amounts
    made = invoice_all(db, estimation, TODAY)
    assert asked(estimation) == amounts
    for one in made:
        move(db, one, "validate")


def test_what_was_agreed_to_be_nothing_stays_in_the_schedule(db):
    estimation = make_estimation(db, status="valid", agreed=["0", "50"])
    assert [one.amount for one in estimation.deadlines] == [0, 50, 70]
    invoice_all(db, estimation, TODAY)
    assert asked(estimation) == [50, 70]


def test_no_more_than_what_is_taxed_is_asked_for_before_the_balance(db):
    free = {"lines": ["0"], "post_tax_lines": [PostTaxLine(label="+", amount=100)]}
    with pytest.raises(Refused, match="more than what is taxed") as found:
        make_estimation(db, deposit="30", **free)
    assert found.value.args[0].mapping == {"amount": 30}


def test_what_is_not_taxed_is_not_asked_for_with_tax(db):
    after = [PostTaxLine(label="Deed", amount=Decimal(100))]
    estimation = make_estimation(db, lines=["10"], post_tax_lines=after, deposit="5")
    deposit, balance = estimation.deadlines  # as they could be once
    deposit.amount, balance.amount = Decimal(30), Decimal(82)
    db.flush()
    move(db, estimation, "validate")
    with pytest.raises(Refused, match="by progress") as found:
        invoice_all(db, estimation, TODAY)
    assert found.value.args[0].mapping == {"amount": 18}
