"""Names of files: kept as people wrote them, as far as they are harmless."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from endi_like.services.files.names import LONGEST, disposition, tidy

HOSTILE = {
    "../../etc/passwd.txt": "passwd.txt",
    "..\\..\\windows\\win.txt": "win.txt",
    "/etc/cron.d/x.txt": "x.txt",
    "C:\\fakepath\\plan.pdf": "plan.pdf",
    "....//....//x.txt": "x.txt",
    ".htaccess.txt": "htaccess.txt",
    "...": "file",
    "": "file",
    "a\x00b.pdf": "ab.pdf",
    "a\r\nSet-Cookie: x=1.txt": "aSet-Cookie_ x=1.txt",
    "CON": "_CON",
    "nul.pdf": "_nul.pdf",
    "com1.txt.pdf": "_com1.txt.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "a\u200b\ufeffb.pdf": "ab.pdf",
    "x" * 5000 + ".pdf": "x" * (LONGEST - 4) + ".pdf",
    'a"; filename="b.exe.pdf': "a_; filename=_b.exe.pdf",
    "plan.pdf. . ": "plan.pdf",
    "<script>alert(1)<\u2215script>.txt": "_script_alert(1)_\u2215script_.txt",
    "%2e%2e%2fx.txt": "%2e%2e%2fx.txt",
    "plan?.pdf": "plan_.pdf",
    "  two   words .pdf": "two words.pdf",
}
PLAIN = ("Élan & fils, n° 12.pdf", "報告書.docx", "e\u0301te\u0301.pdf", "a.b.c.zip")


@pytest.mark.parametrize("name", HOSTILE)
def test_I4_a_hostile_name_becomes_a_harmless_one(name):
    assert tidy(name) == HOSTILE[name]
    assert tidy(tidy(name)) == tidy(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_name_in_any_script_stays(name):
    assert tidy(name).replace("\u00e9", "e\u0301") == name.replace("\u00e9", "e\u0301")


def test_there_are_as_many_hostile_names_as_promised():
    assert len(HOSTILE) >= 17


@pytest.mark.parametrize("name", [*HOSTILE.values(), *PLAIN])
def test_a_header_gives_the_name_back_and_is_one_line_of_ascii(name):
    header = disposition(name)
    message = EmailMessage()
    message["Content-Disposition"] = header

    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment; ")
    assert message.get_filename() in (name, header.split('"')[1])
    assert header.split("filename*=")[1].startswith("UTF-8''")
