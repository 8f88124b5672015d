"""A seal shows what the chains cannot: rows gone at the end, everything hashed anew."""

from datetime import date

import pytest
from sqlalchemy import select

from endi_like.models.history import LogSeal
from endi_like.services.invariants import invariants
from endi_like.services.seals import (
    FILE,
    all_lines,
    append_missing,
    differences,
    read_file,
    seal_log,
    value_of,
)
from tests.factories import make_invoice, pay
from tests.tampering import alter, drop_refusals, hash_anew, moves

TODAY = date(2026, 11, 20)
NOT_WHAT_THEY_WERE = "are not what they were"


@pytest.fixture
def invoice(db, clock):
    """A paid invoice, sealed with four entries; then another day with its own seal."""
    invoice = make_invoice(db, status="valid")
    pay(db, invoice)
    seal(db, clock)
    clock.advance(days=1)
    make_invoice(db, status="wait")
    seal(db, clock)
    assert list(invariants(db)) == []
    drop_refusals(db)
    return invoice


def seal(db, clock):
    return seal_log(db, day=clock().date(), now=clock())


def seals(db):
    return list(db.scalars(select(LogSeal).order_by(LogSeal.id)))


def about_seals(db):
    db.expire_all()
    return [one for one in invariants(db) if one.startswith("seals: ")]


def first_range(db):
    first = seals(db)[0]
    last = first.last_entry_id
    return f"seals: the moves sealed on {first.day} (entries 1 to {last})"


def test_a_day_has_one_seal(db, clock):
    make_invoice(db, status="wait")
    assert seal(db, clock).entries == 1
    assert seal(db, clock) is None
    assert len(seals(db)) == 1


def test_a_day_without_moves_is_sealed_too(db, clock):
    first = seal(db, clock)
    clock.advance(days=1)
    second = seal(db, clock)
    assert (first.entries, second.entries) == (0, 0)
    assert first.seal != second.seal
    assert list(invariants(db)) == []


def test_each_seal_covers_the_one_before(db, invoice):
    first, second = seals(db)
    assert (first.entries, second.entries) == (4, 5)
    assert second.seal == value_of(second, first.seal)
    assert second.seal != value_of(second, "")


def test_what_comes_after_a_seal_does_not_break_it(db, invoice, clock):
    make_invoice(db, status="invalid")
    assert about_seals(db) == []


def test_E1_the_last_moves_deleted_are_found(db, clock):
    invoice = make_invoice(db, status="wait")
    seal(db, clock)
    drop_refusals(db)
    back = "UPDATE task SET validation_status = 'draft', validation_status_user_id = "
    back += "NULL, validation_status_at = NULL WHERE id = :id"
    alter(db, "DELETE FROM status_log_entry WHERE node_id = :id", id=invoice.id)
    alter(db, back, id=invoice.id)
    assert list(invariants(db)) == [f"{first_range(db)} {NOT_WHAT_THEY_WERE}"]


def test_E1_everything_hashed_anew_is_found(db, invoice):
    entry = moves(db, invoice.id)[1]
    changed = "UPDATE status_log_entry SET at = '2026-11-19 12:00:00' WHERE id = :id"
    alter(db, changed, id=entry.id)
    back = "UPDATE task SET validation_status_at = '2026-11-19 12:00:00' WHERE id = :id"
    alter(db, back, id=invoice.id)
    hash_anew(db, invoice.id)
    assert list(invariants(db)) == [f"{first_range(db)} {NOT_WHAT_THEY_WERE}"]


def test_a_move_with_another_id_is_found(db, invoice):
    entry = moves(db, invoice.id)[2]
    alter(db, "UPDATE status_log_entry SET id = -1 WHERE id = :id", id=entry.id)
    assert f"{first_range(db)} {NOT_WHAT_THEY_WERE}" in about_seals(db)


SEAL_COLUMNS = {
    "day": "'2026-10-01'",
    "made_at": "'2026-10-01 01:00:00'",
    "last_entry_id": "last_entry_id - 1",
    "entries": "entries + 1",
    "digest": "'0'",
    "seal": "'0'",
}


def test_every_column_of_a_seal_is_tried():
    names = {column.name for column in LogSeal.__table__.c}
    assert names == {"id"} | set(SEAL_COLUMNS)


@pytest.mark.parametrize("column", SEAL_COLUMNS)
@pytest.mark.parametrize("place", [0, 1])
def test_a_changed_column_of_a_seal_is_found(db, invoice, column, place):
    wanted = seals(db)[place]
    value = SEAL_COLUMNS[column]
    alter(db, f"UPDATE log_seal SET {column} = {value} WHERE id = :id", id=wanted.id)
    assert any("the seal of" in one for one in about_seals(db))


def test_a_seal_deleted_in_between_is_found(db, invoice):
    first, _second = seals(db)
    alter(db, "DELETE FROM log_seal WHERE id = :id", id=first.id)
    assert "seals: the seal of 2026-11-21 is not what was written" in about_seals(db)


# The file beside the database


@pytest.fixture
def folder(db, invoice, tmp_path):
    append_missing(db, tmp_path)
    return tmp_path


def test_the_file_has_a_line_for_each_seal(db, folder):
    lines = read_file(folder)
    assert lines == all_lines(db)
    assert [line.split(" ")[0] for line in lines] == ["2026-11-20", "2026-11-21"]
    assert list(differences(all_lines(db), lines)) == []


def test_appending_again_changes_nothing_and_a_missed_day_is_caught_up(
    db, folder, clock
):
    before = (folder / FILE).read_text()
    append_missing(db, folder)
    assert (folder / FILE).read_text() == before
    for _day in range(2):
        clock.advance(days=1)
        seal(db, clock)
    append_missing(db, folder)
    assert (folder / FILE).read_text().startswith(before)
    assert len(read_file(folder)) == 4


def test_E1_seals_made_anew_in_the_database_are_found_by_the_file(db, folder, clock):
    last = seals(db)[-1]
    alter(db, "DELETE FROM log_seal WHERE id = :id", id=last.id)
    clock.advance(hours=1)
    seal(db, clock)
    assert about_seals(db) == []
    found = list(differences(all_lines(db), read_file(folder)))
    assert found == [
        "seals.log holds a seal of 2026-11-21 the database does not",
        "the database holds a seal of 2026-11-21 seals.log does not",
    ]


def test_the_last_seal_taken_away_is_found_by_the_file(db, folder):
    last = seals(db)[-1]
    alter(db, "DELETE FROM log_seal WHERE id = :id", id=last.id)
    assert list(differences(all_lines(db), read_file(folder))) == [
        "seals.log holds a seal of 2026-11-21 the database does not"
    ]


def test_without_a_file_every_seal_of_the_database_is_missed(db, invoice, tmp_path):
    assert read_file(tmp_path) == []
    assert len(list(differences(all_lines(db), []))) == 2
