"""Names and addresses as of a day: what the history says is what was stored."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endi_like.models.contacts import Address, OtherName
from endi_like.services.beside import Signature
from endi_like.services.contacts.anonymising import anonymise
from endi_like.services.contacts.as_of import FIELDS, as_of, before, said
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.merging.merging import merge
from endi_like.workflow.errors import Refused
from tests.factories import AUTHOR, NOW, TODAY, make_entity

DAY = dt.timedelta(days=1)
WORDS = st.sampled_from(["", "Élan", "Verger", "Rue A", "Rue B"])
DAYS = st.sampled_from([None, TODAY - DAY, TODAY])

EDITS = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(FIELDS[1:]), WORDS),
    st.tuples(st.just("come"), WORDS, WORDS),
    st.tuples(st.just("go"), st.integers(0, 5), st.none()),
    st.tuples(st.just("move"), st.integers(0, 5), WORDS),
    st.tuples(st.just("date"), st.integers(0, 5), DAYS),
    st.tuples(st.just("also"), WORDS.filter(bool), st.none()),
    st.tuples(st.just("no more"), st.integers(0, 5), st.none()),
)
SESSIONS = st.lists(st.lists(EDITS, max_size=3), min_size=1, max_size=6)


def edit(entity, what, first, second):
    """Do one thing to an entity, as its form would."""
    if what == "name":
        setattr(entity, first, second)
    elif what == "come":
        entity.addresses.append(Address(line_one=first, city=second, country="FR"))
    elif what == "also":
        entity.other_names.append(OtherName(kind="former", name=first))
    else:
        rows = entity.other_names if what == "no more" else entity.addresses
        if not rows:
            return
        row = rows[first % len(rows)]
        if what in ("go", "no more"):
            rows.remove(row)
        elif what == "move":
            row.line_one = second
        else:
            row.active_to = second


def snapshot(entity):
    """Return what is stored: names, and the rows without their ids."""
    names = {name: getattr(entity, name) or "" for name in FIELDS}
    rows = (entity.addresses, entity.other_names)
    return names, *(plain(map(said, some)) for some in rows)


def plain(rows):
    """Return rows as they can be compared, whatever their order."""
    return sorted(str(sorted(row.items())) for row in rows)


def told(past):
    """Return the same of what the history says."""
    rows = (past.addresses, past.other_names)
    return past.fields, *(plain(some) for some in rows)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sessions=SESSIONS)
def test_played_back_the_history_says_what_was_stored(db, clock, sessions):
    entity = make_entity(db, "Verger SARL")
    stored = []
    for edits in sessions:
        clock.now += dt.timedelta(hours=7)
        for one in edits:
            edit(entity, *one)
        index(entity)
        db.flush()
        db.refresh(entity)
        stored.append((clock.now, snapshot(entity)))
    for (_at, was), (after, _) in zip(stored, stored[1:], strict=False):
        assert told(before(db, entity, after)) == was
    assert told(before(db, entity, clock.now + DAY)) == stored[-1][1]


def test_the_day_ends_at_midnight_of_the_organisation(db, clock):
    entity = make_entity(db, "Old SARL")
    clock.now = dt.datetime(
        2026, 11, 30, 22, 30, tzinfo=dt.UTC
    )  # half past 11 in Paris
    entity.legal_name = "New SARL"
    index(entity)
    db.flush()
    last = dt.date(2026, 11, 30)
    assert as_of(db, entity, last - DAY, "Europe/Paris").name == "Old SARL"
    assert as_of(db, entity, last, "Europe/Paris").name == "New SARL"
    assert as_of(db, entity, last, "Europe/Athens").name == "Old SARL"


def test_only_addresses_in_use_on_the_day(db):
    entity = make_entity(db)
    entity.addresses[0].active_to = TODAY
    db.flush()
    past = as_of(db, entity, TODAY, "Europe/Paris")
    assert (len(past.in_use(TODAY)), len(past.in_use(TODAY + DAY))) == (1, 0)


def test_before_it_was_entered_nothing_is_known(db):
    entity = make_entity(db)
    assert as_of(db, entity, TODAY, "Europe/Paris").known
    assert not as_of(db, entity, TODAY - DAY, "Europe/Paris").known


def test_who_is_forgotten_has_no_past(db, clock):
    entity = make_entity(db, "Zuniqa SARL")
    clock.advance(days=3)
    entity.legal_name = "Zuniqa & Co"
    index(entity)
    db.flush()
    clock.advance(days=3)
    by = Signature(AUTHOR, clock.now)
    anonymise(db, entity, by, entity.control_code)
    past = as_of(db, entity, NOW.date() + DAY, "Europe/Paris")
    assert past.name.startswith("Anonym")
    assert past.addresses == []


def test_what_came_by_merging_was_not_there_before(db, clock):
    kept = make_entity(db, "Verger SARL")
    merged = make_entity(db, "Verger", place={"line_one": "9 rue Neuve"})
    clock.advance(days=3)
    by = Signature(AUTHOR, clock.now)
    merge(db, kept, merged, by)
    db.expire_all()
    past = as_of(db, kept, TODAY, "Europe/Paris")
    assert (len(kept.addresses), len(past.addresses)) == (2, 1)
    assert (len(kept.other_names), past.other_names) == (1, [])
    with_both = as_of(db, kept, clock.now.date(), "Europe/Paris")
    assert len(with_both.addresses) == 2


def test_who_is_forgotten_is_merged_with_nobody(db):
    kept, merged = make_entity(db), make_entity(db)
    by = Signature(AUTHOR, NOW)
    anonymise(db, merged, by, merged.control_code)
    with pytest.raises(Refused):
        merge(db, kept, merged, by)
