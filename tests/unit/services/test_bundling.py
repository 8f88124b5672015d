"""Names in a zip of documents: harmless, and no two alike."""

import datetime as dt
from io import BytesIO
from zipfile import ZipFile

from endi_like.services.bundling import ZipOfPdfs
from endi_like.services.printouts import file_name

AT = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
NUMBERS = {
    "../../etc/passwd": "_.._etc_passwd.pdf",
    "FA/1": "FA_1.pdf",
    "FA_1": "FA_1-2.pdf",
    "fa:1": "fa_1-3.pdf",
    "con": "_con.pdf",
    "\u00e9\u202e\n": "___.pdf",
    None: "draft-7.pdf",
}


def test_numbers_of_any_kind_become_names_that_differ():
    target = BytesIO()
    archive = ZipOfPdfs(target, "key", AT)
    for number in NUMBERS:
        archive.add(file_name(number, 7), str(number).encode())
    archive.close()

    found = ZipFile(target)
    assert found.namelist() == list(NUMBERS.values())
    assert found.testzip() is None
    assert [found.read(name).decode() for name in found.namelist()] == [
        str(number) for number in NUMBERS
    ]


def test_the_same_documents_asked_for_twice_are_two_files():
    made = []
    for key in "ab":
        target = BytesIO()
        archive = ZipOfPdfs(target, key, AT)
        archive.add("one.pdf", b"%PDF")
        archive.close()
        made.append(target.getvalue())
    assert made[0] != made[1]
