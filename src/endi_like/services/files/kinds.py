"""Which kinds of files are kept, and whether a file is what its name says.

The name chooses the kind, the content has to agree: that of most kinds by the bytes it
begins with, of archives by what they hold, of texts by holding nothing else.  Pages and
drawings that a browser would run, programs and scripts are no kinds of ours.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO, TypeAlias

from endi_like.services.files.archives import declared_type, members
from endi_like.services.files.names import ending

HEAD = 8192
BLOCK = 65_536
CONTROL = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
WEB = re.compile(
    rb"(?is)\s*(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*+-->\s*)*+"
    rb"<(!doctype\s+(html|svg)|html|svg)\b"
)
PACKED = (b"PK\x03\x04", b"PK\x05\x06")

Fits: TypeAlias = Callable[[BinaryIO], bool]


def begins(*endings: str) -> Fits:
    """Return what tells whether a file begins as those with one of the endings do."""

    def fits(source: BinaryIO) -> bool:
        source.seek(0)
        return not sniffed(source.read(HEAD)).isdisjoint(endings)

    return fits


def sniffed(head: bytes) -> frozenset[str]:
    """Return the endings that the first bytes of a file speak for."""
    magic = library()
    try:
        found = magic.magic_string(head) if head else []
    except magic.PureError:
        return frozenset()
    return frozenset(one.extension.lstrip(".").lower() for one in found)


@cache
def library() -> Any:
    """Return what knows the first bytes; loaded when the first file arrives."""
    return import_module("puremagic")


def holds(folder: str) -> Fits:
    """Return what tells whether an archive is a document that has such a folder."""

    def fits(source: BinaryIO) -> bool:
        if not is_packed(source):
            return False
        held = members(source)
        inside = any(name.startswith(folder) for name in held)
        return inside and "[Content_Types].xml" in held

    return fits


def declares(media_type: str) -> Fits:
    """Return what tells whether an archive says that it is an OpenDocument."""

    def fits(source: BinaryIO) -> bool:
        return is_archive(source) and declared_type(source) == media_type

    return fits


def is_archive(source: BinaryIO) -> bool:
    """Tell whether a file is an archive; raise ``BadArchive`` for one not to keep."""
    return is_packed(source) and members(source) is not None


def is_packed(source: BinaryIO) -> bool:
    """Tell whether a file begins like an archive."""
    source.seek(0)
    return source.read(4) in PACKED


def is_text(source: BinaryIO) -> bool:
    """Tell whether there is nothing but text, in one or two bytes a letter."""
    source.seek(0)
    encoding = "utf-16" if source.read(2) in UTF_16 else "latin-1"
    source.seek(0)
    decoder = getincrementaldecoder(encoding)("strict")
    try:
        while block := source.read(BLOCK):
            if CONTROL.search(decoder.decode(block)):
                return False
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True)
class Kind:
    """A kind of file: its names, what it is served as, and how it is recognised."""

    endings: tuple[str, ...]
    media_type: str
    icon: str
    fits: Fits


PICTURE, WORDS, SHEET, MAIL = (
    "file-earmark-image",
    "file-earmark-text",
    "file-earmark-spreadsheet",
    "envelope",
)
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
DOCX, XLSX, PPTX = (
    f"{OOXML}{kind}"
    for kind in (
        "wordprocessingml.document",
        "spreadsheetml.sheet",
        "presentationml.presentation",
    )
)
ODT, ODS, ODP = (f"{ODF}{kind}" for kind in ("text", "spreadsheet", "presentation"))

ALL = (
    Kind(("pdf",), "application/pdf", "filetype-pdf", begins("pdf")),
    Kind(("png",), "image/png", PICTURE, begins("png")),
    Kind(("jpg", "jpeg"), "image/jpeg", PICTURE, begins("jpg", "jpeg")),
    Kind(("gif",), "image/gif", PICTURE, begins("gif")),
    Kind(("webp",), "image/webp", PICTURE, begins("webp")),
    Kind(("heic", "heif"), "image/heic", PICTURE, begins("heic", "heif")),
    Kind(("tif", "tiff"), "image/tiff", PICTURE, begins("tif", "tiff")),
    Kind(("bmp",), "image/bmp", PICTURE, begins("bmp")),
    Kind(("docx",), DOCX, WORDS, holds("word/")),
    Kind(("xlsx",), XLSX, SHEET, holds("xl/")),
    Kind(("pptx",), PPTX, WORDS, holds("ppt/")),
    Kind(("odt",), ODT, WORDS, declares(ODT)),
    Kind(("ods",), ODS, SHEET, declares(ODS)),
    Kind(("odp",), ODP, WORDS, declares(ODP)),
    # Old office documents all begin alike.
    Kind(("doc",), "application/msword", WORDS, begins("doc")),
    Kind(("xls",), "application/vnd.ms-excel", SHEET, begins("doc")),
    Kind(("ppt",), "application/vnd.ms-powerpoint", WORDS, begins("doc")),
    Kind(("msg",), "application/vnd.ms-outlook", MAIL, begins("doc")),
    Kind(("rtf",), "application/rtf", WORDS, begins("rtf")),
    Kind(("zip",), "application/zip", "box-seam", is_archive),
    Kind(("eml",), "message/rfc822", MAIL, is_text),
    Kind(("csv", "tsv"), "text/csv", "filetype-csv", is_text),
    # Nothing that a browser might run: XML is a text like any other.
    Kind(("xml",), "text/plain", "filetype-xml", is_text),
    Kind(("txt", "md", "json", "ics", "vcf"), "text/plain", WORDS, is_text),
)
"""All kinds of files that may be attached; those that look like others stand later."""

BY_ENDING: Mapping[str, Kind] = {
    ending: kind for kind in ALL for ending in kind.endings
}


def icon(name: str) -> str:
    """Return the icon of a file of that name."""
    kind = BY_ENDING.get(ending(name))
    return kind.icon if kind else WORDS


def recognised(source: BinaryIO) -> Kind | None:
    """Return the kind a file seems to be, whatever its name, if it is one of ours.

    A text seems to be one and no more: what kind it is of only its name tells.
    """
    special = (kind for kind in ALL if kind.fits is not is_text)
    found = next((kind for kind in special if kind.fits(source)), None)
    return found or (BY_ENDING["txt"] if is_text(source) else None)


def is_of_the_web(source: BinaryIO) -> bool:
    """Tell whether a file begins like a page or a drawing that a browser runs."""
    source.seek(0)
    return WEB.match(source.read(HEAD)) is not None
