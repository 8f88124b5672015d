"""Both storages keep the same promises: a folder, and a bucket of a real server."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, text

from endi_like import migrations
from endi_like.db import Base
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.services.backups import BadBackup, Belongings, make_backup, restore
from endi_like.services.files import Damaged, Folder, StorageFault, Vault, open_vault
from endi_like.services.files.naming import (
    NAMING,
    UNTOUCHED,
    leftovers,
    secure,
    sweep,
)
from endi_like.services.invariants.files import damaged_files
from endi_like.settings import Settings
from tests.factories import NOW, make_invoice
from tests.servers.s3 import storage_server

DATA = b"%PDF-1.7 an invoice"
LARGE = bytes(range(256)) * 50_000
SECRET = "the secret of the tests"


@pytest.fixture(scope="module")
def s3():
    """Return a server that speaks S3."""
    with storage_server() as storage:
        yield storage


def settings(folder: Path, **more: str) -> Settings:
    keys = {"s3_key": "key", "s3_secret": "secret"} if "files" in more else {}
    return Settings("sqlite://", SECRET, folder, **keys, **more)


@pytest.fixture(params=["folder", "bucket"])
def vault(request, tmp_path):
    """An empty vault in each of the storages."""
    if request.param == "folder":
        return open_vault(settings(tmp_path))
    name = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]
    place = request.getfixturevalue("s3").bucket(name)
    return open_vault(settings(tmp_path, files=place))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", [DATA, LARGE, b""], ids=["few", "many", "none"])
def test_what_is_put_is_got_back(vault, data):
    name = vault.put(BytesIO(data))

    assert name == sha256(data)
    assert vault.get(name) == data
    assert vault.size(name) == len(data)
    assert [kept.name for kept in vault.everything()] == [name]


def test_a_file_can_be_read_in_pieces_and_is_closed_by_who_reads(vault):
    with vault.open(vault.put(BytesIO(LARGE))) as file:
        assert file.read(10) == LARGE[:10]
        assert file.read() == LARGE[10:]


def test_the_same_bytes_are_stored_once_and_heal_what_is_damaged(vault):
    name = vault.put(BytesIO(DATA))
    vault.storage.write(name, BytesIO(b"rot"), 3)

    with pytest.raises(Damaged, match="is not what was stored"):
        vault.get(name)
    vault.put(BytesIO(DATA))

    assert vault.get(name) == DATA
    assert len(list(vault.everything())) == 1


def test_what_is_gone_is_said_to_be(vault):
    name = vault.put(BytesIO(DATA))
    vault.delete(name)
    vault.delete(name)

    assert vault.size(name) is None
    assert vault.objection(name)
    with pytest.raises(Damaged, match="cannot be read"):
        vault.open(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_nothing_outside_is_read(vault, name):
    for ask in (vault.open, vault.size):
        with pytest.raises(Damaged, match="not the name of a file"):
            ask(name)


def test_a_bucket_that_does_not_answer_is_a_fault_and_not_a_damage(tmp_path):
    place = "s3://bucket/files?endpoint=http://127.0.0.1:9&region=eu-west-3"
    vault = open_vault(settings(tmp_path, files=place))

    for ask in (lambda: vault.put(BytesIO(DATA)), lambda: vault.open("a" * 64)):
        with pytest.raises(StorageFault) as caught:
            ask()
        assert not caught.value.full
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_a_fault(s3, tmp_path):
    place = f"s3://nowhere/files?endpoint={s3.url}&region=eu-west-3"
    vault = open_vault(settings(tmp_path, files=place))

    with pytest.raises(StorageFault, match="no such bucket"):
        vault.put(BytesIO(DATA))


def attach(db, vault, data=DATA, name="plan.pdf"):
    """Store a file, and the row that names it."""
    stored = vault.put(BytesIO(data))
    secure(db, vault, stored, BytesIO(data))
    db.add(
        StoredFile(
            node_id=make_invoice(db).id,
            purpose=ATTACHMENT,
            name=name,
            media_type="application/pdf",
            size=len(data),
            sha256=stored,
            created_at=db.info["clock"](),
        )
    )
    db.flush()
    return stored


def test_verification_looks_into_both_storages(db, vault):
    name = attach(db, vault)
    assert list(damaged_files(db, vault)) == []

    vault.storage.write(name, BytesIO(b"rot"), 3)
    assert "is not what was stored" in next(damaged_files(db, vault))
    vault.delete(name)
    assert "cannot be read" in next(damaged_files(db, vault))


def later(vault):
    """A moment at which all that is stored now has been there for long."""
    newest = max(kept.since for kept in vault.everything())
    return newest + UNTOUCHED + timedelta(seconds=1)


def test_what_nobody_names_is_swept_up_after_a_day_and_nothing_else(db, vault):
    named = attach(db, vault)
    orphan = vault.put(BytesIO(b"an upload that came to nothing"))
    now = later(vault)
    assert leftovers(db, vault, now - timedelta(hours=2)) == []

    found = leftovers(db, vault, now)
    assert found == [orphan]
    assert sweep(db, vault, found) == 1

    assert [kept.name for kept in vault.everything()] == [named]
    assert sweep(db, vault, []) == 0


def test_what_is_named_between_looking_and_sweeping_stays(db, vault):
    vault.put(BytesIO(DATA))
    found = leftovers(db, vault, later(vault))
    name = attach(db, vault)

    assert found == [name]
    assert sweep(db, vault, found) == 0
    assert vault.get(name) == DATA


def test_what_is_swept_between_storing_and_naming_is_stored_again(db, vault):
    name = vault.put(BytesIO(DATA))
    sweep(db, vault, leftovers(db, vault, later(vault)))
    assert vault.size(name) is None

    secure(db, vault, name, BytesIO(DATA))

    assert vault.get(name) == DATA


def test_every_column_that_may_name_a_stored_file_is_looked_at():
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "sha256" in column.name
    }

    assert named == {f"{one.class_.__tablename__}.{one.key}" for one in NAMING}


def test_what_a_killed_write_has_left_is_swept_up_too(db, tmp_path):
    vault = Vault(Folder(tmp_path))
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "abcdqwertz").write_bytes(b"half a file")

    found = leftovers(db, vault, later(vault))
    sweep(db, vault, found)

    assert found == ["abcdqwertz"]
    assert list(vault.everything()) == []


def test_many_leftovers_are_asked_for_in_parts(db, tmp_path, monkeypatch):
    monkeypatch.setattr("endi_like.services.files.naming.AT_A_TIME", 2)
    monkeypatch.setattr("endi_like.services.files.naming.MOST_SWEPT", 4)
    vault = Vault(Folder(tmp_path))
    for number in range(5):
        vault.put(BytesIO(b"%d" % number))

    found = leftovers(db, vault, later(vault))

    assert len(found) == 4
    assert sweep(db, vault, found) == 4
    assert db.scalars(select(text("1"))).one() == 1


def test_a_backup_holds_what_any_storage_keeps(vault, tmp_path):
    """It comes back to a folder, wherever it was."""
    database = tmp_path / "endi.sqlite"
    migrations.upgrade(f"sqlite:///{database}")
    name = vault.put(BytesIO(LARGE))
    with sqlite3.connect(database) as connection:
        connection.execute(
            "INSERT INTO stored_file (id, node_id, purpose, name, version, "
            "description, media_type, size, sha256, created_at) VALUES "
            "(1, 1, 'attachment', 'a.txt', 1, '', 'text/plain', ?, ?, '2026-01-01')",
            (len(LARGE), name),
        )
    connection.close()
    path, place = tmp_path / "backup.zip", tmp_path / "elsewhere"
    place.mkdir()
    made = make_backup(
        Belongings(database, tmp_path, vault), path, version="1", now=NOW, say=print
    )
    assert (f"files/{name}" in made.members, made.missing) == (True, ())
    empty = Vault(Folder(place / "files"))
    restore(path, Belongings(place / "endi.sqlite", place, empty), say=print)
    assert empty.get(name) == LARGE
    with pytest.raises(BadBackup, match="not empty"):
        restore(path, Belongings(place / "other.sqlite", place, vault), say=print)
