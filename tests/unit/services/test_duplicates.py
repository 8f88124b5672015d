"""Who may be entered twice: a table of pairs, and what becomes of them."""

from itertools import count

import pytest
from sqlalchemy import select

from endi_like.models.contacts import EntityBankAccount, EntityPair
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.duplicates.finding import find, keep
from endi_like.services.contacts.duplicates.pairs import dismiss, take_back
from endi_like.services.contacts.duplicates.reasons import LIKELY
from tests.factories import NOW, make_entity, make_user

JO = {"kind": "person", "first_name": "Hans", "last_name": "Müller"}


streets = count(1)


def person(db, last_name, **columns):
    place = {"line_one": f"{next(streets)} rue des Écoliers"}
    made = make_entity(db, place=place, **{**JO, "last_name": last_name, **columns})
    made.trading_name = ""
    index(made)
    db.flush()
    return made


def likely(db):
    return [one for one in find(db).values() if one.score >= LIKELY]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("Mülelr", "swapped"),
        ("MÜLLER", "capitals"),
        ("Muller", "accents"),
    ],
)
def test_a_slip_of_the_hand_is_found(db, other, why):
    first, second = person(db, "Müller"), person(db, other)

    (found,) = likely(db)

    assert (found.first, found.second) == (first.id, second.id)
    assert why in found.reasons
    assert all(0 < one.score <= 100 for one in find(db).values())


@pytest.mark.parametrize(
    ("name", "other", "why"),
    [
        ("Nord Bau GmbH", "Nord  Bau GmbH", "blanks"),
        ("Nord Bau GmbH", "NORD BAU GMBH", "capitals"),
        ("Nord Bau GmbH", "Nodr Bau GmbH", "swapped"),
        ("Nord Bau GmbH", "Nor dBau GmbH", "swapped"),
        ("Société Béton SARL", "Societe Beton SARL", "accents"),
        ("Nord Bau GmbH", "Nord Bau GmbH AG", "form"),
    ],
)
def test_a_company_written_differently_is_found(db, name, other, why):
    make_entity(db, name)
    make_entity(db, other, place={"line_one": "elsewhere"})

    (found,) = likely(db)

    assert why in found.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "jo@atelier.example"}, {"email": "JO@atelier.example"}),
        ({"phone": "+33 1 22 33 44"}, {"phone": "0033 1 22 33 44"[2:]}),
        ({"birth_date": NOW.date()}, {"birth_date": NOW.date()}),
        ({"personal_id": "12345678"}, {"personal_id": "12345678"}),
    ],
)
def test_namesakes_who_share_something_are_one(db, one, other):
    person(db, "Müller", **one)
    person(db, "Müller", **other)

    assert len(likely(db)) == 1


@pytest.mark.parametrize(
    ("one", "other", "columns"),
    [
        ("Müller", "Müller", {}),
        ("Müller", "Möller", {}),
        ("Müller", "Mueller", {}),
        ("Müller", "MÜLLER", {"country": "AT"}),
        ("Müller", "Müller", {"email": "hans.muller@mail.example"}),
    ],
)
def test_namesakes_who_share_nothing_are_not_the_same(db, one, other, columns):
    person(db, one, **{key: one for key, one in columns.items() if key == "email"})
    person(db, other, **columns)

    assert likely(db) == []


def test_letters_of_short_names_change_places_by_chance(db):
    make_entity(db, "TF US")
    make_entity(db, "FT US", place={"line_one": "elsewhere"})

    assert find(db) == {}


def test_a_slip_is_of_one_namesake_only(db):
    people = [person(db, "Müller") for _number in range(3)]
    slip = person(db, "Mülelr", phone="01 22 33 44 55")
    people[0].elements = [*person(db, "Durand", phone="01 22 33 44 55").elements]
    db.flush()

    found = [one for one in likely(db) if slip.id in (one.first, one.second)]

    assert [(one.first, one.second) for one in found] == [(people[0].id, slip.id)]


def test_birth_dates_that_differ_speak_against_it(db):
    person(db, "Müller", birth_date=NOW.date())
    person(db, "MÜLLER", birth_date=NOW.date().replace(year=1950))

    (found,) = find(db).values()

    assert found.score < LIKELY
    assert "but_birth_date" in found.reasons


def test_different_names_share_a_number(db):
    one, other, third = (make_entity(db, f"{name} SA") for name in "ABC")
    one.vat_number, other.vat_number = "FR 40 303", "fr40303"
    for entity in (other, third):
        iban = EntityBankAccount(iban="FR76 3000 6000 0112 3456 7890 189")
        entity.bank_accounts.append(iban)
    db.flush()

    found = {(two.first, two.second): two.reasons for two in likely(db)}

    assert found == {
        (one.id, other.id): ("vat_number",),
        (other.id, third.id): ("iban",),
    }


def test_confidential_contacts_pair_with_their_like_alone(db):
    person(db, "Müller", phone="01 22 33 44 55")
    hidden = [
        person(db, "Müller", phone="01 22 33 44 55", confidential=True)
        for _number in range(2)
    ]

    assert set(find(db)) == {(hidden[0].id, hidden[1].id)}


def test_what_is_in_the_bin_is_not_compared(db):
    person(db, "Müller")
    person(db, "MÜLLER").deleted_at = NOW
    db.flush()

    assert find(db) == {}


def test_pairs_are_kept_changed_and_dropped(db):
    first, second = person(db, "Müller"), person(db, "MÜLLER")

    assert keep(db, find(db)).new == 1
    again = keep(db, find(db))
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    second.last_name = "Meier"
    db.flush()
    assert keep(db, find(db, {second.id}), {second.id}).gone == 1
    assert db.scalars(select(EntityPair)).all() == []
    second.last_name = "MÜLLER"
    db.flush()
    assert keep(db, find(db, {first.id}), {first.id}).new == 1


def test_what_was_dismissed_stays_so(db):
    person(db, "Müller")
    person(db, "MÜLLER")
    keep(db, find(db))
    pair = db.scalars(select(EntityPair)).one()
    by_id = make_user(db).id

    dismiss(pair, by_id=by_id, now=NOW)
    keep(db, {})
    assert db.scalars(select(EntityPair)).one().dismissed_at == NOW
    take_back(pair)
    db.flush()
    assert keep(db, {}).gone == 1
