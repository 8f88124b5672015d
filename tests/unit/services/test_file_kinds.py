"""Which files are kept: the name chooses the kind, the content has to agree."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from endi_like.services.files import archives
from endi_like.services.files.examining import MOST_AT_ONCE, Upload, accepted
from endi_like.services.files.kinds import ALL, BY_ENDING
from endi_like.workflow.errors import Refused
from tests.attaching import PDF, PNG, REFUSED, SOUND, TYPES, packed

MOST_MB = 30
BOMB_MEMBER = bytes(1024**2)


def examine(name, data):
    (found,) = accepted([Upload(name, BytesIO(data))], MOST_MB)
    return found


def refusal(name, data):
    with pytest.raises(Refused) as caught:
        examine(name, data)
    (sentence,) = caught.value.args
    return str(sentence), sentence.mapping


@pytest.mark.parametrize("name", SOUND)
def test_a_file_of_each_kind_is_accepted(name):
    found = examine(name, SOUND[name])

    assert (found.name, found.size) == (name, len(SOUND[name]))
    assert name.rpartition(".")[2].lower() in found.kind.endings


def test_every_kind_is_tried():
    tried = {name.rpartition(".")[2].lower() for name in SOUND}

    assert all(tried & set(kind.endings) for kind in ALL)


@pytest.mark.parametrize("name", REFUSED)
def test_I4_what_is_active_or_not_what_it_says_is_refused_with_a_sentence(name):
    sentence, said = refusal(name, REFUSED[name])

    assert said["name"] == name
    assert sentence.endswith(".")


def test_no_kind_is_served_as_something_a_browser_runs():
    served = {kind.media_type for kind in ALL}

    assert not {one for one in served if "html" in one or "xml" in one.split("+")[-1:]}
    assert not served & {"image/svg+xml", "text/xml", "application/xml"}
    assert BY_ENDING["xml"].media_type == "text/plain"


def test_the_sentence_names_the_ending_that_fits():
    _sentence, said = refusal("photo.pdf", PNG)

    assert said["ending"] == ".png"


WEB = {
    "alone": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "declared": b"<?xml version='1.0'?>\n<!-- made by hand -->\n<SVG>",
    "of a type": b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>",
    "a page": b"\n<!doctype html><title>x</title>",
    "an old page": b"<html><body>",
    "commented": b"<!-- a --><!----> <!-- b - -- c -->\n<svg/>",
}
"""How files begin that a browser would run."""


@pytest.mark.parametrize("how", WEB)
@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.docx"])
def test_what_a_browser_would_run_is_called_that_whatever_its_name(name, how):
    sentence, said = refusal(name, WEB[how])
    assert "a drawing of the web (HTML, SVG)" in sentence
    assert "ending" not in said


@pytest.mark.parametrize(
    "data",
    [b"hello", b"<svgs>", b"From: a\n\n<html>", b"<!---->" * 1000 + b"x"],
)
def test_a_text_seems_to_be_a_text(data):
    assert refusal("a.png", data)[1]["ending"] == ".txt"
    assert examine("README", data).name == "README.txt"


def test_a_file_without_an_ending_gets_the_one_that_fits():
    assert examine("Letter", PDF).name == "Letter.pdf"


def test_all_that_is_wrong_is_said_at_once():
    wrong = [Upload("a.exe", BytesIO(b"MZ")), Upload("b.pdf", BytesIO(PNG))]

    with pytest.raises(Refused) as caught:
        accepted([*wrong, Upload("c.pdf", BytesIO(PDF))], MOST_MB)

    assert len(caught.value.args) == 2


def test_nothing_and_too_many_at_once_are_refused():
    for uploads in ([], [Upload("a.pdf", BytesIO(PDF))] * (MOST_AT_ONCE + 1)):
        with pytest.raises(Refused):
            accepted(uploads, MOST_MB)


def test_I4_a_file_that_is_too_large_is_refused():
    data = BytesIO(PDF + bytes(1024**2))

    with pytest.raises(Refused, match="too large"):
        accepted([Upload("a.pdf", data)], 1)


def bomb(members, name="a.txt"):
    """An archive of a few kilobytes that would unpack to so many megabytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, "<Types/>")
        for number in range(members):
            with archive.open(f"{number}/{name}", "w") as member:
                for _ in range(32):
                    member.write(BOMB_MEMBER)
    return made.getvalue()


@pytest.fixture(scope="module")
def bombs():
    """Archives that are harmless as long as nobody unpacks them."""
    flat = bomb(2)
    many = packed({f"word/{n}": "" for n in range(501)})
    lying = bytearray(packed({TYPES: "<Types/>", "word/a.xml": "x"}))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<L", 0xF0000000)
    directory = bytearray(packed({"a.txt": ""}))
    at = directory.rfind(b"PK\x05\x06")
    directory[at + 12 : at + 16] = struct.pack("<L", 20 * 1024**2)
    large = packed({"a.txt": ""})
    at = large.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    return {
        "much in few bytes": flat,
        "too many members": many,
        "a member that says it is huge": bytes(lying),
        "a huge directory": bytes(directory),
        "a second directory": large[:at] + locator + large[at:],
    }


@pytest.mark.parametrize("ending", ["zip", "docx", "xlsx", "odt"])
@pytest.mark.parametrize(
    "kind",
    [
        "much in few bytes",
        "too many members",
        "a member that says it is huge",
        "a huge directory",
        "a second directory",
    ],
)
def test_I4_an_archive_that_would_unpack_to_too_much_is_refused_unopened(
    kind, ending, bombs, monkeypatch
):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 500)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 50 * 1024**2)
    tracemalloc.start()
    sentence, _said = refusal(f"a.{ending}", bombs[kind])
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "far too large" in sentence
    assert most < 10 * 1024**2


def test_the_largest_directory_that_is_read_fits_into_memory():
    each = 46 + 1
    assert archives.LARGEST_DIRECTORY / each < 50_000
    assert archives.MOST_MEMBERS <= 10_000
    assert archives.MOST_UNPACKED <= 1024**3


@pytest.mark.parametrize("cut", [10, 40, 100])
def test_a_damaged_archive_is_refused(cut):
    data = SOUND["a.docx"]

    assert "damaged" in refusal("a.docx", data[:-cut])[0]
