"""``endi-like backup`` and ``restore``: what they refuse, and leave behind."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from endi_like.clock import utcnow
from endi_like.models.files import StoredFile
from endi_like.scripts.main import main
from endi_like.services.backups import content, making, restoring
from endi_like.services.files import Folder, StorageFault, Vault
from endi_like.services.seals import append_missing, read_file, seal_log
from tests.factories import make_invoice, stored
from tests.functional.site import ini, install
from tests.processes import Place, in_session
from tests.servers.http import COMMAND

VERSION = version("endi_like")

FILES = [f"file {number}".encode() * 500 for number in range(3)]
EMPTY: list[Path] = []


def attach(db, place):
    """Store three files, each named by a row, and a seal of the log."""
    vault, invoice = Vault(Folder(place.folder / "files")), make_invoice(db)
    for number, data in enumerate(FILES):
        row = StoredFile(
            node_id=invoice.id,
            name=f"{number}.txt",
            media_type="text/plain",
            size=len(data),
            sha256=vault.put(BytesIO(data)),
            created_at=utcnow(),
            purpose="attachment",
        )
        stored(db, row)
    seal_log(db, day=utcnow().date(), now=utcnow())


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """Return a place with tables, files and a seal, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    place = Place(f"sqlite:///{folder}/endi.db", folder)
    install(place)
    in_session(place, lambda db: attach(db, place))
    in_session(place, lambda db: append_missing(db, place.folder))
    return place


@pytest.fixture
def live(furnished, tmp_path):
    """Return a place like that of this test alone."""
    folder = tmp_path / "live"
    shutil.copytree(furnished.folder, folder)
    place = Place(f"sqlite:///{folder}/endi.db", folder)
    (folder / "endi.ini").write_text(ini(place))
    return place


@pytest.fixture
def empty(tmp_path):
    """Return an empty place, whose settings are there."""
    folder = tmp_path / "empty"
    place = Place(f"sqlite:///{folder}/data/endi.db", folder)
    (tmp_path / "empty.ini").write_text(ini(place))
    return place


@pytest.fixture
def command(live, empty, capsys):
    """Return a function that runs a command; it returns status, output, complaint."""
    places = {
        "backup": live.folder / "endi.ini",
        "restore": empty.folder.with_suffix(".ini"),
    }

    def command(name, file):
        capsys.readouterr()
        status = main([name, str(file), "--ini", str(places[name])])
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def backup(tmp_path, command):
    path = tmp_path / "backup.zip"
    status, out, _err = command("backup", path)
    assert (status, out) == (0, "")
    return path


def things(place):
    """Return every file at a place."""
    return [path for path in place.folder.rglob("*") if path.is_file()]


def refused(command, path, empty):
    """Have a backup be refused; return the one line, and nothing is left behind."""
    status, out, err = command("restore", path)
    lines = [line for line in err.splitlines() if line.startswith("endi-like: ")]
    assert (status, out, len(lines)) == (1, "", 1)
    assert "Traceback" not in err
    assert things(empty) == EMPTY
    return lines[0].removeprefix(f"endi-like: {path} was not restored: ")


def changed(path, change):
    """Write a backup anew, with members and manifest changed; the hashes fit."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(members.pop("manifest.json"))
    change(members, said)
    for name, data in members.items():
        sha256 = hashlib.sha256(data).hexdigest()
        if name in said["members"]:
            said["members"][name] = {"size": len(data), "sha256": sha256}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(said))
    return path


def test_O1_a_backup_is_one_private_file_that_proves_itself(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    beside = {one.name for one in backup.parent.iterdir()}
    assert beside == {"backup.zip", "empty.ini", "live"}
    with ZipFile(backup) as archive:
        *names, last = archive.namelist()
        said = json.loads(archive.read(last))
        assert (last, names) == ("manifest.json", list(said["members"]))
        for name, member in said["members"].items():
            data = archive.read(name)
            assert hashlib.sha256(data).hexdigest() == member["sha256"]
            assert len(data) == member["size"]
    assert {f"files/{hashlib.sha256(one).hexdigest()}" for one in FILES} <= set(names)
    assert said["missing"] == []


def test_what_is_restored_is_what_was_there(command, live, empty, backup):
    status, out, err = command("restore", backup)
    assert (status, out) == (0, "All is as it was written.\n")
    assert "restored: version " in err
    for data in FILES:
        assert Vault(Folder(empty.folder / "files")).get(
            hashlib.sha256(data).hexdigest()
        )
    assert (empty.folder / "seals.log").read_text()
    assert read_file(empty.folder) == read_file(live.folder)
    assert (empty.folder / "data/endi.db").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(empty.folder / "data/endi.db")) as one:
        assert one.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_overwritten_by_a_backup(command, tmp_path):
    there = tmp_path / "there.zip"
    there.write_text("mine")
    status, _out, err = command("backup", there)
    assert (status, there.read_text()) == (1, "mine")
    assert err == f"endi-like: no backup was made: there is a file {there} already\n"


@pytest.mark.parametrize("name", ["data/endi.db", "data/endi.db-wal", "seals.log"])
def test_nothing_is_restored_over_what_is_there(command, empty, backup, name):
    there = empty.folder / name
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    status, _out, err = command("restore", backup)
    assert status == 1
    assert f"the place is not empty: there is {there}" in err
    assert [one.read_text() for one in things(empty)] == ["mine"]


def test_nothing_is_restored_among_other_files(command, empty, backup):
    Vault(Folder(empty.folder / "files")).put(BytesIO(b"mine"))
    _status, _out, err = command("restore", backup)
    assert "the place is not empty: there are files already" in err
    assert len(things(empty)) == 1


@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_O1_a_truncated_backup_is_refused(command, empty, backup, left):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * left)])
    said = refused(command, backup, empty)
    assert said == "it is no backup, or was cut off"


def test_O1_an_altered_backup_is_refused(command, empty, backup):
    """Wherever a bit is turned: it is refused, or nothing that counts was altered."""
    whole = backup.read_bytes()
    with ZipFile(backup) as archive:
        said = archive.read("manifest.json")
        about = archive.infolist()
    ends = [*(one.header_offset for one in about[1:]), archive.start_dir]
    within = {
        end - one.compress_size // 2 - 1 for one, end in zip(about, ends, strict=True)
    }
    for at in {*within, *range(0, len(whole), len(whole) // 40)}:
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        status, out, _err = command("restore", backup)
        if status:
            assert (out, things(empty)) == ("", EMPTY)
        else:
            assert at not in within
            assert as_manifest(empty) == members_of(said)
            shutil.rmtree(empty.folder)


def members_of(said):
    """Return the sha256 of what a manifest names beside the database.

    That one is proven by being opened, which changes its bytes.
    """
    members = json.loads(said)["members"].items()
    return {name: one["sha256"] for name, one in members if name != content.DATABASE}


def as_manifest(place):
    """Return the sha256 of what was restored, by the names of its members."""
    found = {f"files/{one.name}": one for one in (place.folder / "files").glob("*/*")}
    found["seals.log"] = place.folder / "seals.log"
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found.items()
    }


def change_product(_members, said):
    said["product"] = "another"


def change_format(_members, said):
    said["format"] = 2


def change_schema(_members, said):
    said["schema"] = "9999"


def add_member(members, said):
    members["../../evil.txt"] = b"evil"
    said["members"]["../../evil.txt"] = {}


def add_unnamed(members, _said):
    members[f"files/{hashlib.sha256(b'new').hexdigest()}"] = b"new"


def take_away(members, said):
    name = next(name for name in members if name.startswith("files/"))
    del members[name], said["members"][name]


def exchange(members, _said):
    name = next(name for name in members if name.startswith("files/"))
    members[name] = b"another"


def exchange_database(members, _said):
    members["database.sqlite"] = b"no database" * 1000


def leave_out_database(members, said):
    del members["database.sqlite"], said["members"]["database.sqlite"]


def break_manifest(_members, said):
    said["members"]["seals.log"] = "x"
    del said["made_at"]


def replaced(*path_and_value):
    """Return what writes something else at a place in the manifest."""
    *path, last, value = path_and_value

    def change(_members, said):
        for name in path:
            said = said[name]
        said[last] = value

    return change


UNREADABLE = [
    replaced("product", 7),
    replaced("format", "1"),
    replaced("format", True),
    replaced("version", ["0.1.0"]),
    replaced("version", "0.1.0\x1b[2J"),
    replaced("schema", {}),
    replaced("schema", []),
    replaced("made_at", None),
    replaced("more", "x"),
    replaced("members", []),
    replaced("missing", 5),
    replaced("missing", [["x"]]),
    replaced("missing", ["x" * 1000]),
    replaced("members", "database.sqlite", "sha256", 5),
    replaced("members", "database.sqlite", "size", -1),
    replaced("members", "database.sqlite", "size", "1"),
    replaced("members", "database.sqlite", "size", 1e300),
    replaced("members", "database.sqlite", []),
]


@pytest.mark.parametrize("change", UNREADABLE, ids=range(len(UNREADABLE)))
def test_O1_a_manifest_of_other_types_is_refused(backup, change):
    with ZipFile(backup) as archive:
        said = json.loads(archive.read("manifest.json"))
    content.read_manifest(json.dumps(said).encode())
    change({}, said)
    with pytest.raises(content.BadBackup, match="its manifest cannot be read"):
        content.read_manifest(json.dumps(said).encode())


@pytest.mark.parametrize("said", [b"[" * 100_000, b"[]", b"5", b"\xff", b"9" * 5000])
def test_O1_what_is_no_manifest_is_refused(command, empty, tmp_path, said):
    path = tmp_path / "other.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", said)
    assert refused(command, path, empty) == "its manifest cannot be read"


@pytest.mark.parametrize("how", [ZIP_BZIP2, ZIP_LZMA])
@pytest.mark.parametrize("name", ["manifest.json", "seals.log"])
def test_O1_what_would_swell_up_in_memory_is_refused(command, empty, backup, how, name):
    with ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(backup, "w") as archive:
        for one, data in members.items():
            archive.writestr(one, data, how if one == name else ZIP_DEFLATED)
    said = refused(command, backup, empty)
    assert said == f"it holds what no backup does: {name!r}"


def test_O1_a_manifest_that_is_too_large_is_not_even_read(
    command, empty, backup, monkeypatch
):
    monkeypatch.setattr(restoring, "LARGEST_MANIFEST", -10_000)
    assert refused(command, backup, empty) == "its manifest cannot be read"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_product, "it is a backup of something else: 'another'"),
        (change_format, f"it was made by another version of endi-like, {VERSION}"),
        (change_schema, f"it was made by another version of endi-like, {VERSION}"),
        (add_member, "it holds what no backup does: '../../evil.txt'"),
        (add_unnamed, "it does not hold what its manifest says"),
        (take_away, "1 files that its database names are not in it"),
        (exchange, "is not what was backed up"),
        (exchange_database, "its database cannot be read: file is not a database"),
        (leave_out_database, "it does not hold all a backup does"),
        (break_manifest, "its manifest cannot be read"),
    ],
)
def test_O1_what_is_no_backup_of_ours_is_refused(
    command, empty, backup, change, sentence
):
    assert sentence in refused(command, changed(backup, change), empty)
    assert list(empty.folder.parents[0].rglob("evil*")) == []


def test_a_file_that_is_something_else_is_refused(command, empty, tmp_path):
    other = tmp_path / "other.zip"
    with ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(command, other, empty) == "it is no backup, or was cut off"
    missing = tmp_path / "missing.zip"
    assert refused(command, missing, empty) == "No such file or directory"
    assert refused(command, tmp_path, empty) == "Is a directory"


def test_files_that_are_gone_are_told_and_the_rest_is_kept(command, live, tmp_path):
    name = hashlib.sha256(FILES[0]).hexdigest()
    Folder(live.folder / "files").delete(name)
    path = tmp_path / "backup.zip"
    status, _out, err = command("backup", path)
    assert status == 1
    assert "1 files are gone or damaged: run endi-like verify" in err
    status, out, _err = command("restore", path)
    assert status == 1
    assert out.startswith("files: 0.txt")


MEMORY = Path("/dev/shm")  # noqa: S108
"""A disk that is another one than that of the tests' folders."""


class Away:
    """A storage that is on no disk of this machine."""


@pytest.mark.parametrize(
    ("database", "storage", "room"),
    [
        ("here", Folder, {"here": 111, "memory": 0}),
        ("memory", Folder, {"here": 11, "memory": 100}),
        ("here", Away, {"here": 101, "memory": 0}),
        ("memory", Away, {"here": 1, "memory": 100}),
    ],
)
def test_each_disk_must_have_room_for_what_it_is_to_hold(
    tmp_path, monkeypatch, database, storage, room
):
    members = {
        content.DATABASE: content.Member(100, ""),
        content.SEALS: content.Member(1, ""),
        f"{content.FILES}{'0' * 64}": content.Member(10, ""),
    }
    manifest = content.Manifest("", "", "", members, ())
    kept = Folder(tmp_path / "files") if storage is Folder else Away()
    parent = MEMORY if database == "memory" else tmp_path
    where = content.Belongings(parent / "new/endi.db", tmp_path, Vault(kept))
    free = dict(room)

    def disk_usage(place):
        name = "memory" if place == MEMORY else "here"
        return SimpleNamespace(free=free[name])

    monkeypatch.setattr(restoring.shutil, "disk_usage", disk_usage)
    restoring.refuse_without_room(manifest, where)
    for name in (name for name in room if room[name]):
        free.update(room, **{name: room[name] - 1})
        with pytest.raises(content.BadBackup, match=f"it needs {room[name]} bytes"):
            restoring.refuse_without_room(manifest, where)


def test_a_restoration_that_fails_leaves_the_place_empty(
    command, empty, backup, monkeypatch
):
    whole = Vault.put

    def put(vault, source):
        if len(things(empty)) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(vault, source)

    monkeypatch.setattr(Vault, "put", put)
    assert refused(command, backup, empty) == "No space left on device"
    monkeypatch.undo()
    assert command("restore", backup)[0] == 0


def test_a_restoration_whose_last_step_fails_leaves_the_place_empty(
    command, empty, backup, monkeypatch
):
    """The name of the database cannot be kept, nor one of the files be deleted."""
    whole = Vault.delete
    stuck = min(hashlib.sha256(data).hexdigest() for data in FILES)

    def keep(_folder):
        raise OSError(errno.EIO, "Input/output error")

    def delete(vault, name):
        if name == stuck:
            raise StorageFault("not now")
        whole(vault, name)

    monkeypatch.setattr(content, "keep", keep)
    monkeypatch.setattr(Vault, "delete", delete)
    status, _out, err = command("restore", backup)
    assert status == 1
    assert err.endswith("was not restored: Input/output error\n")
    assert [path.name for path in things(empty)] == [stuck]


def refuse_links(*_names):
    raise OSError(errno.EPERM, "Operation not permitted")


def test_where_there_are_no_links_a_backup_has_its_name_too(
    command, tmp_path, monkeypatch
):
    monkeypatch.setattr(content.os, "link", refuse_links)
    assert command("backup", tmp_path / "a.zip")[0] == 0
    assert command("restore", tmp_path / "a.zip")[0] == 0


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_was_given_meanwhile_is_not_taken_away(
    tmp_path, monkeypatch, links
):
    if not links:
        monkeypatch.setattr(content.os, "link", refuse_links)
    ours, there = tmp_path / "ours", tmp_path / "there"
    ours.write_text("ours")
    there.write_text("mine")
    with pytest.raises(FileExistsError):
        content.give_name(ours, there)
    assert there.read_text() == "mine"


def test_a_disk_that_is_full_leaves_nothing_behind(live, tmp_path):
    target = tmp_path / "backup"
    target.mkdir()
    words = f"{COMMAND} backup {target}/a.zip --ini {live.folder}/endi.ini"
    done = subprocess.run(
        ["/bin/bash", "-c", f"ulimit -f 100; exec {words}"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, list(target.iterdir())) == (1, [])
    assert done.stderr.startswith("endi-like: no backup was made: ")
    assert done.stderr.count("\n") == 1


def test_a_backup_that_is_told_to_stop_leaves_nothing_behind(live, tmp_path):
    """The database is large, so that there is time to tell it."""
    target = tmp_path / "backup"
    target.mkdir()
    with closing(sqlite3.connect(live.folder / "endi.db")) as connection:
        connection.execute("CREATE TABLE filler (x)")
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            "WHERE i < 60000) INSERT INTO filler SELECT randomblob(2000) FROM n"
        )
        connection.commit()
    words = [COMMAND, "backup", target / "a.zip", "--ini", live.folder / "endi.ini"]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline().startswith(b"database: ")
        process.terminate()
        assert process.wait(10) == 130
    assert list(target.iterdir()) == []


def test_seals_are_those_of_the_copy_and_none_is_lost(
    command, live, tmp_path, monkeypatch
):
    """Those made while the backup is written come with the next one."""
    forged = "2020-01-01 1 1 of which the database knows nothing"
    with (live.folder / "seals.log").open("a") as file:
        file.write(f"{forged}\n")
    before = read_file(live.folder)
    whole = making.copy_database

    def copy_then_seal(source, target):
        whole(source, target)
        tomorrow = utcnow() + timedelta(days=1)
        in_session(live, lambda db: seal_log(db, day=tomorrow.date(), now=tomorrow))
        in_session(live, lambda db: append_missing(db, live.folder))

    monkeypatch.setattr(making, "copy_database", copy_then_seal)
    path = tmp_path / "backup.zip"
    assert command("backup", path)[0] == 0
    assert len(read_file(live.folder)) == len(before) + 1
    with ZipFile(path) as archive:
        assert archive.read(content.SEALS).decode().splitlines() == before
    status, out, _err = command("restore", path)
    assert (status, "seals.log holds a seal of 2020-01-01" in out) == (1, True)


def test_of_postgresql_pg_dump_makes_backups(tmp_path, capsys):
    path = tmp_path / "endi.ini"
    place = Place("postgresql+psycopg://endi@localhost/endi", tmp_path / "data")
    path.write_text(ini(place))
    for name in ("backup", "restore"):
        assert main([name, str(tmp_path / "x.zip"), "--ini", str(path)]) == 1
        assert "pg_dump" in capsys.readouterr().err


def test_a_folder_that_is_not_there_and_a_database_that_is_not(command, live, tmp_path):
    err = command("backup", tmp_path / "nowhere" / "a.zip")[2]
    assert err == f"endi-like: there is no folder {tmp_path}/nowhere\n"
    (live.folder / "endi.db").unlink()
    err = command("backup", tmp_path / "a.zip")[2]
    assert err == f"endi-like: there is no database {live.folder}/endi.db\n"
