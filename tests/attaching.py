"""Files to attach: the smallest of each kind, and what is none."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from tests.functional.pages import token

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(13)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
TYPES = "[Content_Types].xml"
ODF = "application/vnd.oasis.opendocument."


def packed(members: Mapping[str, bytes | str], **options: Any) -> bytes:
    """Return an archive that holds these files."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def office(folder: str) -> bytes:
    """Return a document as Word, Excel and PowerPoint write them, nearly empty."""
    return packed({TYPES: "<Types/>", f"{folder}/main.xml": "<x/>"})


def open_document(kind: str) -> bytes:
    """Return a document as LibreOffice writes them, nearly empty."""
    return packed({"mimetype": f"{ODF}{kind}", "content.xml": "<x/>"})


SOUND: dict[str, bytes] = {
    "plan.pdf": PDF,
    "PLAN.PDF": PDF,
    "a.png": PNG,
    "a.jpg": JPEG,
    "a.jpeg": JPEG,
    "a.gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    "a.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00",
    "a.heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "a.tif": b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00",
    "b.tiff": b"MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00",
    "a.bmp": b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00",
    "a.doc": OLE,
    "a.xls": OLE,
    "a.ppt": OLE,
    "a.msg": OLE,
    "a.docx": office("word"),
    "a.xlsx": office("xl"),
    "a.pptx": office("ppt"),
    "a.odt": open_document("text"),
    "a.ods": open_document("spreadsheet"),
    "a.odp": open_document("presentation"),
    "a.rtf": b"{\\rtf1\\ansi hello}",
    "a.txt": "déjà vu\n".encode(),
    "b.txt": "déjà vu\n".encode("latin-1"),
    "c.txt": "déjà vu\n".encode("utf-16"),
    "a.csv": b"a;b\r\n1;2\r\n",
    "a.eml": b"From: a@b.c\r\nSubject: x\r\n\r\nhello",
    "a.xml": b"<?xml version='1.0'?><a/>",
    "a.zip": packed({"a.txt": "hello"}),
}
"""A file of each kind that is kept, by its name."""

ACTIVE = b"<html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
REFUSED: dict[str, bytes] = {
    "page.html": ACTIVE,
    "page.htm": ACTIVE,
    "page.xhtml": ACTIVE,
    "drawing.svg": SVG,
    "program.exe": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200),
    "script.js": b"alert(1)",
    "script.sh": b"#!/bin/sh\n",
    "macros.docm": office("word"),
    "classes.jar": packed({"META-INF/MANIFEST.MF": "x"}),
    "plan.pdf": PNG,
    "page.pdf": ACTIVE,
    "a.png": ACTIVE,
    "b.png": PDF,
    "a.docx": packed({"a.txt": "hello"}),
    "a.xlsx": office("word"),
    "a.odt": open_document("spreadsheet"),
    "b.odt": packed({"content.xml": "<x/>"}),
    "a.doc": PDF,
    "a.txt": bytes(range(256)),
    "a.csv": PNG,
    "program.txt": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200),
    "c.txt": "a\x00b".encode("utf-16"),
    "a.zip": b"PK\x03\x04 and nothing more",
    "empty.pdf": b"",
}
"""What is not kept: active, no kind of ours, or not what its name says."""


def send(
    browser: Any,
    record: str,
    *files: tuple[str, bytes],
    status: int = 303,
    headers: Mapping[str, str] | None = None,
    **fields: str,
) -> Any:
    """Attach files to a record, as its page without script does."""
    return browser.post(
        f"{record}files/",
        {"csrf_token": token(browser), **fields},
        upload_files=[("file", name, data) for name, data in files],
        headers=headers,
        status=status,
    )


JSON = {"Accept": "application/json"}


def send_json(browser: Any, record: str, *files: tuple[str, bytes], **kw: Any) -> Any:
    """Attach files as a script does; return what it is told."""
    return send(browser, record, *files, headers=JSON, **{"status": 201} | kw).json
