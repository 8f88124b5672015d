"""Whom a text names: active users who may view the record it is on."""

import pytest
from sqlalchemy import select

from endi_like.models.notifications import Notification
from endi_like.services.beside import Signature
from endi_like.services.notifications.mentions import (
    mentions,
    names,
    tell_mentioned,
)
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("nobody", []),
        ("@claire, please look", ["claire"]),
        ("(@claire) “@paul”!", ["claire", "paul"]),
        ("@Claire and @CLAIRE", ["claire"]),
        ("see @claire.", ["claire.", "claire"]),
        ("@claire.martin", ["claire.martin"]),
        ("@claire@paul", ["claire"]),
        ("write to claire@example.org", []),
        ("@élodie’s idea", ["élodie’s"]),
        ("@ claire", []),
        ("@@claire", []),
        ("@", []),
        ("@....", ["...."]),
        ("line\n@claire\n@paul", ["claire", "paul"]),
    ],
)
def test_what_may_be_a_name_in_a_text(text, expected):
    assert names(text) == expected


def test_a_long_text_names_so_many_and_no_more():
    assert len(names(" ".join(f"@user{n}" for n in range(1000)))) == 100


@pytest.fixture
def here(db):
    return make_company(db)


@pytest.fixture
def invoice(db, here):
    return make_invoice(db, make_customer(db, here, name="Town"))


@pytest.fixture
def people(db, here):
    return {
        "anna": make_member(db, here, login="anna"),
        "maud.m": make_user(db, login="maud.m", roles={"manager"}),
        "elsewhere": make_member(db, make_company(db), login="elsewhere"),
        "gone": make_member(db, here, login="gone", active=False),
        "admin": make_user(db, login="admin", roles={"admin"}),
    }


ALL = "@anna @maud.m. @elsewhere @gone @admin @nobody"


def test_only_active_users_who_may_view_the_record_are_named(db, people, invoice):
    found = mentions(db, ALL, invoice)
    assert {one.user_id for one in found} == {people["anna"].id, people["maud.m"].id}


def test_a_customer_may_be_written_about_as_well(db, people, invoice):
    found = mentions(db, ALL, invoice.account)
    assert {one.user_id for one in found} == {people["anna"].id, people["maud.m"].id}


def test_who_is_named_is_told_what_was_written_and_who_writes_is_not(
    db, people, invoice
):
    told = tell_mentioned(
        db,
        mentions(db, ALL, invoice),
        f"{ALL} <b>look</b>",
        invoice,
        Signature(people["maud.m"].id, NOW),
        key="memo:7",
    )
    (row,) = db.scalars(select(Notification))
    assert told == [row.id]
    assert (row.recipient_id, row.event, row.collection, row.record_id) == (
        people["anna"].id,
        "mention",
        "invoices",
        invoice.id,
    )
    assert "<b>look</b>" in row.text


def test_a_text_that_names_nobody_tells_nobody(db, people, invoice):
    assert mentions(db, "Thank you", invoice) == []
    told = tell_mentioned(db, [], "Thank you", invoice, Signature(1, NOW), key="memo:7")
    assert told == []


def test_who_was_told_of_a_text_is_not_told_again_when_it_is_changed(
    db, people, invoice
):
    def write(text):
        named, by = mentions(db, text, invoice), Signature(1, NOW)
        told = tell_mentioned(db, named, text, invoice, by, key="memo:7")
        rows = select(Notification.recipient_id).where(Notification.id.in_(told))
        return list(db.scalars(rows))

    assert write("@anna") == [people["anna"].id]
    assert write("@anna, please") == []
    assert write("@anna, please, or @maud.m") == [people["maud.m"].id]
