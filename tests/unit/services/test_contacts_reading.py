"""CSV files as they come: encodings, separators, cuts; each is read or clearly said."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from sqlalchemy import select

from endi_like.models.contacts import Entity
from endi_like.services.contacts.importing.reading import (
    UnusableFile,
    manner_of,
    rows_of,
    text_of,
)
from endi_like.translation import Translator
from tests.importing import COLUMNS, bring, files

HEAD = COLUMNS["contacts"].replace(" ", ",") + "\n"
GOOD = "1,person,,C-1,,,,Zoé,,Müller,,,,,,,FR,,\n"
BESIDE = "2,person,,C-2,,,,Léa,,Roy,,,,,,,FR,,\n"


def read(content):
    binary = io.BytesIO(content)
    manner = manner_of(binary)
    with text_of(binary, manner.encoding) as stream:
        return manner, list(rows_of(stream, manner.separator))


WRITTEN = [
    ("a,é\n1,ß\n".encode(), "utf-8", ",", ["1", "ß"]),
    ("a,é\n1,ß\n".encode("utf-8-sig"), "utf-8-sig", ",", ["1", "ß"]),
    ("a,é\n1,ß\n".encode("utf-16"), "utf-16", ",", ["1", "ß"]),
    ("a;é\n1;ß\n".encode("latin-1"), "cp1252", ";", ["1", "ß"]),
    ("a;b\n1;€\n".encode("cp1252"), "cp1252", ";", ["1", "€"]),
    (b"a\tb\n1\t\x81\xe9\n", "latin-1", "\t", ["1", "\x81é"]),
    (b"a,b\r\n1,2\r\n", "utf-8", ",", ["1", "2"]),
    (b"a,b\r1,2\r", "utf-8", ",", ["1", "2"]),
    (b"a,b\n\n\n1,2", "utf-8", ",", ["1", "2"]),
    (b'a,b\n1,"x, ""y""\n z"\n', "utf-8", ",", ["1", 'x, "y"\n z']),
]


@pytest.mark.parametrize(("content", "encoding", "separator", "last"), WRITTEN)
def test_files_are_read_as_they_were_written(content, encoding, separator, last):
    manner, rows = read(content)
    assert (manner.encoding, manner.separator) == (encoding, separator)
    assert rows[-1].cells == last
    assert len(rows) == 2


def test_a_few_wrong_bytes_do_not_make_it_another_encoding():
    content = "é,ü,ß\n".encode() + b"\xe9,x,y\n"
    manner, rows = read(content)
    assert manner.encoding == "utf-8"
    assert rows[0].cells == ["é", "ü", "ß"]
    assert rows[1].cells[0].encode("utf-8", "surrogateescape") == b"\xe9"


def test_lines_are_counted_where_rows_begin():
    _manner, rows = read(b'a\n"x\ny"\n\nz\n')
    assert [row.line for row in rows] == [1, 2, 5]


def test_a_missing_quote_spoils_what_it_swallows_and_no_more():
    _manner, rows = read(b'a,b\n1,"x\n2,y\n3,"z"\n4,w\n')
    wrong = [row for row in rows if row.wrong]
    assert len(wrong) == 1
    assert wrong[0].line == 2
    assert wrong[0].raw == '1,"x\n2,y\n3,"z"'
    assert rows[-1].cells == ["4", "w"]


def test_a_quote_that_never_ends_takes_no_memory():
    line = b"x" * 99 + b"\n"
    binary = io.BytesIO(b'a\n"' + line * 300_000)
    tracemalloc.start()
    manner = manner_of(binary)
    with text_of(binary, manner.encoding) as stream:
        wrong = sum(bool(row.wrong) for row in rows_of(stream, ","))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert wrong == 1
    assert most < 10_000_000


def test_a_line_that_never_ends_is_no_csv():
    with pytest.raises(UnusableFile) as caught:
        read(b"a,b\n" + b"x" * 2_000_000)
    sentence = Translator("en")(caught.value.args[0])
    assert sentence.startswith("line 2 has more than a million characters")


def write(folder, content):
    path = files(folder)
    (path / "contacts.csv").write_bytes(content)
    return path


UNUSABLE = [
    (b"", "contacts.csv: There are no columns contact_key, kind,"),
    (b"\0\1\2\3", "contacts.csv: There are no columns contact_key, kind,"),
    (b"PK\3\4" * 9000, "contacts.csv: There are no columns contact_key, kind,"),
    (
        HEAD.replace(",kind,", ",art,").encode(),
        "contacts.csv: There are no columns kind",
    ),
    (HEAD.replace(",kind,", ",kind,kind,").encode(), "The column kind is there twice."),
    (HEAD.replace(",", " ").encode(), "contacts.csv: There are no columns contact_key"),
]


@pytest.mark.parametrize(("content", "sentence"), UNUSABLE)
def test_what_is_no_such_file_is_said(db, tmp_path, content, sentence):
    with pytest.raises(UnusableFile) as caught:
        bring(db, write(tmp_path, content))
    assert sentence in Translator("en")(caught.value.args[0])


def test_without_contacts_there_is_nothing_to_do(db, tmp_path):
    with pytest.raises(UnusableFile) as caught:
        bring(db, tmp_path)
    assert Translator("en")(caught.value.args[0]) == "There is no file contacts.csv."


SPOILT = [
    ("cut in a cell", GOOD[:-9], "This line has 13 cells instead of 19"),
    ("cut in a quote", '3,person,,C-3,"Zo', "cannot be read as CSV"),
    ("too many", "3,person,,C-3,Roy, Zoé,,,,,,,,,,,,FR,,\n", "20 cells instead of 19"),
    ("a separator", GOOD.replace(",", ";"), "This line has 1 cell instead of 19"),
    ("half a sign", "3,person,,C-3,R\udcc3,,,,,,,,,,,,FR,,\n", "unprintable signs"),
]


@pytest.mark.parametrize(
    ("line", "reason"), [one[1:] for one in SPOILT], ids=[one[0] for one in SPOILT]
)
def test_a_spoilt_line_does_not_spoil_the_others(db, tmp_path, line, reason):
    rejects = tmp_path / "rejects"
    content = (HEAD + BESIDE + line).encode("utf-8", "surrogateescape")
    brought = bring(db, write(tmp_path, content), rejects=rejects)
    assert brought.stored == 1
    assert len(brought.refused) == 1
    assert brought.refused[0].startswith("contacts.csv:3: ")
    assert reason in brought.refused[0]
    kept = (rejects / "contacts.csv").read_bytes()
    assert line.rstrip().split(",")[0].encode() in kept


OTHERWISE = [
    (HEAD + GOOD).replace(",", ";").encode("latin-1"),
    (HEAD + GOOD).encode("utf-8-sig"),
    (HEAD + GOOD).replace("\n", "\r\n").encode("utf-16"),
    (HEAD.upper().replace(",", " , ") + GOOD).encode(),
]


@pytest.mark.parametrize("content", OTHERWISE)
def test_files_written_otherwise_go_in(db, tmp_path, content):
    brought = bring(db, write(tmp_path, content))
    assert (brought.stored, brought.refused) == (1, [])
    assert db.scalars(select(Entity.name)).all() == ["Zoé Müller"]


def test_how_a_file_was_read_is_said(db, tmp_path):
    head = HEAD.replace("\n", ",colour\n")
    content = (head + GOOD.replace("\n", ",blue")).encode("latin-1")
    brought = bring(db, write(tmp_path, content))
    assert brought.notes == [
        "contacts.csv is not UTF-8; it is read as cp1252.",
        "The last line of contacts.csv does not end: the file may have been cut.",
        "These columns of contacts.csv are not read: colour.",
    ]
