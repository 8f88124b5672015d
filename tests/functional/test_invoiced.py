"""How far estimations are invoiced: on their page and in their list, which agree."""

from decimal import Decimal

import pytest

from endi_like.services.invoicing import invoice_all, invoice_next
from endi_like.services.progress import invoice_progress
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_member,
    move,
    pay,
)
from tests.functional.pages import words

LEFT = {"open", "none"}


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db))


@pytest.fixture
def member(db, customer, login):
    return login(make_member(db, customer.company))


@pytest.fixture
def found(db, member):
    """Return the state that page and list say, and what filters find it."""

    def read(estimation):
        page = member.get(f"/estimations/{estimation.id}/?fmt=json").json["invoiced"]
        (row,) = member.get("/estimations/?fmt=json").json["rows"]
        by = {
            name
            for name in ("open", "none", "in_part", "whole")
            if member.get(f"/estimations/?fmt=json&invoiced={name}").json["rows"]
        }
        assert row["status"] == [page or "signed"]
        return page, by

    return read


def signed(db, customer, *lines, **columns):
    """Return a signed estimation."""
    made = make_estimation(db, customer, lines=list(lines), status="valid", **columns)
    move(db, made, "sign")
    return made


IN_PART = ("invoiced_in_part", {"open", "in_part"})
WHOLE = ("invoiced", {"whole"})


@pytest.mark.parametrize("way", ["", "-"])
def test_drafts_count_and_what_is_in_the_bin_does_not(db, customer, found, way):
    offer = signed(db, customer, f"{way}100", deposit="30")
    assert found(offer) == (None, LEFT)
    deposit = invoice_next(db, offer, offer.deadlines[0].id, TODAY)
    assert found(offer) == IN_PART
    (balance,) = invoice_all(db, offer, TODAY)
    assert found(offer) == WHOLE
    for one in (deposit, balance):
        one.deleted_at = one.created_at
    db.flush()
    assert found(offer) == (None, LEFT)


def test_what_was_credited_as_a_whole_is_open_again(db, customer, found):
    offer = signed(db, customer, "100", deposit="30")
    deposit, balance = invoice_all(db, offer, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    make_credit_note(db, deposit, status="valid")
    assert found(offer) == IN_PART


def test_what_was_granted_is_not_invoiced_again(db, customer, found):
    offer = signed(db, customer, "100", deposit="30")
    deposit = invoice_next(db, offer, offer.deadlines[0].id, TODAY)
    move(db, deposit, "validate")
    pay(db, deposit, "26")
    make_credit_note(db, deposit, status="valid")
    assert found(offer) == IN_PART
    (balance,) = invoice_all(db, offer, TODAY)
    assert balance.due == 94
    assert found(offer) == WHOLE


def test_what_is_taken_off_at_last_by_progress_is_awaited(db, customer, found):
    offer = signed(db, customer, "100", "-60")
    none, whole = Decimal(0), Decimal(100)
    first = invoice_progress(db, offer, ((whole, none),), TODAY)
    move(db, first, "validate")
    assert found(offer) == IN_PART
    invoice_progress(db, offer, ((none, whole),), TODAY)
    assert found(offer) == WHOLE


def test_the_page_says_it_in_words(db, customer, member):
    offer = signed(db, customer, "100", deposit="30")
    invoice_next(db, offer, offer.deadlines[0].id, TODAY)
    page = member.get(f"/estimations/{offer.id}/")
    assert "Signed Invoiced in part" in words(page)
    assert "To be invoiced" in words(member.get("/estimations/"))
