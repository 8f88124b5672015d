"""Golden cases: schedules of estimations, their invoices, credit notes."""

from decimal import Decimal

import pytest

from endi_like.money import to_cents
from endi_like.totals import (
    Document,
    RateTotal,
    Schedule,
    VatRate,
    balance,
    compute,
    credit_note,
    equal_schedule,
    manual_schedule,
    part,
)
from tests.golden import Case, cases, euros
from tests.unit.golden.test_totals_cases import document

CENT = Decimal("0.01")
PARTS = 3


def amounts(document: Document, name: str) -> dict[str, Decimal]:
    """Return one amount of a breakdown by the value of the rate, as cases do."""
    return {str(one.vat.key): getattr(one, name) for one in compute(document).by_rate}


def near(found: dict[str, Decimal], expected: dict[str, int]) -> bool:
    """Tell whether amounts are those of a case, to the cent it did not round to."""
    return found.keys() == expected.keys() and all(
        abs(found[key] - euros(amount)) <= CENT for key, amount in expected.items()
    )


def estimation_schedule(given: Case) -> Schedule:
    total = compute(document(given)).due
    return equal_schedule(total, Decimal(given["deposit_percent"]), PARTS)


@pytest.mark.parametrize("case", cases("estimation_schedule"))
def test_a_schedule_is_a_deposit_of_the_total_and_adds_up(case: Case) -> None:
    schedule = estimation_schedule(case["input"])
    assert schedule.total == euros(case["expect"]["total"])
    assert schedule.deposit == euros(case["expect"]["deposit_ttc"])


@pytest.mark.parametrize("case", cases("estimation_schedule"))
def test_equal_parts_are_those_of_2018(case: Case) -> None:
    """Cents that cannot be shared go to the first parts, as they went in 2018.

    The newer rule cuts each equal part, and its balance is two cents larger: of it
    the deposit holds, and each part to the cent.
    """
    schedule = estimation_schedule(case["input"])
    assert schedule.instalments == (Decimal("34.76"), Decimal("34.76"))
    assert schedule.balance == Decimal("34.75")
    expected = case["expect"]
    there = euros(expected["equal_line_ttc"])
    if case["era"] == "2018":
        assert {there} == set(schedule.instalments)
        assert schedule.balance == euros(expected["sold_equal"])
    else:
        assert there == schedule.instalments[0] - CENT == schedule.balance


@pytest.mark.parametrize("case", cases("estimation_schedule"))
def test_a_manual_schedule_keeps_the_amounts_and_works_out_the_last(
    case: Case,
) -> None:
    given = case["input"]
    *instalments, _ignored = map(euros, given["payment_lines_ttc"])
    total = compute(document(given)).due
    found = manual_schedule(total, Decimal(given["deposit_percent"]), instalments)
    manual = case["expect"].get("manual_lines_ttc", given["payment_lines_ttc"][:2])
    assert found.instalments == tuple(map(euros, manual))
    assert found.balance == Decimal("130.34") - Decimal("26.07") - 100
    assert found.total == total


@pytest.mark.parametrize("case", cases("estimation_schedule"))
def test_a_deposit_has_its_percentage_of_each_rate_before_tax(case: Case) -> None:
    """Both eras give the same amounts; the newer one keeps cents of a rate apart."""
    estimation = document(case["input"])
    deposit = part(estimation, estimation_schedule(case["input"]).deposit)
    expected = case["expect"]
    by_rate = expected.get("deposit_ht_by_rate", expected.get("deposit_native_by_rate"))
    assert near(amounts(deposit, "ht"), by_rate)
    if case["era"] == "2018":
        assert amounts(deposit, "ht") == {
            key: euros(amount) for key, amount in by_rate.items()
        }


@pytest.mark.parametrize("case", cases("estimation_schedule"))
def test_an_equal_part_has_its_share_of_each_rate_before_tax(case: Case) -> None:
    """An amount with tax is spread over all rates; 2018 ate one after the other.

    So ``manual_lines_rates`` of 2018 is not ours: what was invoiced first had the
    highest rate.
    """
    estimation = document(case["input"])
    schedule = estimation_schedule(case["input"])
    deposit = compute(part(estimation, schedule.deposit)).by_rate
    found = amounts(part(estimation, schedule.instalments[0], deposit), "ht")
    expected = case["expect"]
    there = expected.get(
        "equal_line_ht_by_rate_int", expected.get("equal_line_int_by_rate")
    )
    assert near({key: found[key] for key in there}, there)


def invoices(given: Case) -> list[Document]:
    """Return deposit, intermediate invoice and balance of a case."""
    estimation = document(given)
    total = compute(estimation).due
    instalments = [euros(one) for one in given["payment_lines_ttc"][:-1]]
    schedule = manual_schedule(total, Decimal(given["deposit_percent"]), instalments)
    made: list[Document] = []
    already: list[RateTotal] = []
    for amount in (schedule.deposit, *schedule.instalments):
        made.append(part(estimation, amount, already))
        already += compute(made[-1]).by_rate
    return [*made, balance(estimation, already)]


def lines(document: Document) -> int:
    """Count what is on a document: one deduction is one line."""
    return sum(map(len, document.groups)) + len(document.deductions)


def test_the_invoices_of_an_estimation_are_those_of_the_case() -> None:
    (case,) = (one.values[0] for one in cases("invoice_generation")[:1])
    given, expected = case["input"], case["expect"]
    deposit, intermediate, last = invoices(given)
    whole = compute(document(given))
    assert whole.ht == euros(expected["estimation_ht"])
    assert whole.ttc == euros(expected["estimation_ttc"])

    first = expected["deposit"]
    assert lines(deposit) == first["lines"]
    assert amounts(deposit, "ht") == {
        key: euros(amount) for key, amount in first["ht_by_rate"].items()
    }
    found = compute(deposit)
    assert (found.ht, found.ttc) == (euros(first["ht"]), euros(first["ttc"]))
    assert compute(intermediate).ttc == euros(expected["intermediate"]["ttc"])

    end = expected["balance"]
    assert compute(last).ttc == euros(end["ttc"])
    assert lines(last) == end["lines"]
    assert len(last.discounts) == end["discounts"]
    assert {one.mode for one in (deposit, intermediate, last)} == {"ht"}
    made = [compute(one) for one in (deposit, intermediate, last)]
    assert sum(one.ht for one in made) == whole.ht
    assert sum(one.ttc for one in made) == whole.ttc


def test_a_new_deposit_leaves_the_number_of_parts_and_their_sum() -> None:
    (case,) = (one.values[0] for one in cases("invoice_generation")[1:])
    given = case["input"]
    total, percent = euros(given["total"]), Decimal(given["deposit_percent"])
    found = equal_schedule(total, percent, given["lines"])
    parts = (*found.instalments, found.balance)
    assert len(parts) == case["expect"]["lines"]
    assert sum(parts) == total - found.deposit
    assert sum(parts) * 2 == total


@pytest.mark.parametrize("case", cases("credit_note"))
def test_a_credit_note_is_the_opposite_of_its_invoice(case: Case) -> None:
    given, expected = case["input"]["invoice"], case["expect"]
    invoice = document(
        {
            "mode": "ht",
            "groups": [given["lines"]],
            "discounts": given["discounts"],
            "expenses_ht": given["expenses_ht"],
            "expenses_tva": 2000,
        }
    )
    found = credit_note(invoice)
    costs = [line.cost for group in found.groups for line in group]
    assert costs == [euros(cost) for cost in expected["line_costs"]]
    assert len(costs) == expected["lines"]
    assert not found.discounts
    assert found.expenses is not None
    assert found.expenses.amount == euros(expected["expenses_ht"])
    assert compute(found).ht == euros(expected["total_ht"])


def test_a_payment_comes_back_before_tax_as_it_does_there() -> None:
    """A payment of 100.00 at 20 % is 83.33333 before tax there; here it is in cents."""
    normal = VatRate(2000, Decimal("20.00"))
    (case,) = (one.values[0] for one in cases("credit_note"))
    given = case["input"]["invoice"]
    invoice = document({"mode": "ht", "groups": [given["lines"]]})
    (settled,) = credit_note(invoice, [(normal, Decimal(100))]).deductions
    assert settled.ht == -to_cents(Decimal("83.33333"))
    assert settled.ttc == -100
