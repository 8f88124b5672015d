"""Many PDFs in one file, written as they come: memory holds one of them at a time.

Each brings its objects along, renumbered; what is kept until the end is where they
begin, and which of them are pages.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
)

CATALOG, PAGES = 1, 2
"""The numbers of the objects that stand before all others."""
PARENT = NameObject("/Parent")


class Joined:
    """A PDF that is being written; its ``key`` tells it from all others."""

    def __init__(self, target: BinaryIO, key: str) -> None:
        self.target = target
        self.key = ByteStringObject(sha256(key.encode()).digest()[:16])
        self.places: dict[int, int] = {}
        self.pages: list[int] = []
        self.last = PAGES
        # the second line says that there are bytes in it which are no text
        target.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reference(self, number: int) -> IndirectObject:
        """Return what points at an object of ours."""
        return IndirectObject(number, 0, self)

    def new_number(self) -> int:
        """Return the number of one more object."""
        self.last += 1
        return self.last

    def add(self, data: bytes) -> None:
        """Write all pages of a PDF behind those that are there."""
        Brought(self, PdfReader(BytesIO(data))).write()

    def write(self, number: int, value: Any) -> None:
        """Write one object, and remember where it begins."""
        self.places[number] = self.target.tell()
        self.target.write(b"%d 0 obj\n" % number)
        value.write_to_stream(self.target)
        self.target.write(b"\nendobj\n")

    def close(self) -> None:
        """Write what leads to the pages; nothing can be added from then on."""
        kids = ArrayObject(self.reference(one) for one in self.pages)
        count = NumberObject(len(self.pages))
        self.write(PAGES, dictionary(Type="/Pages", Kids=kids, Count=count))
        self.write(CATALOG, dictionary(Type="/Catalog", Pages=self.reference(PAGES)))
        self.write_places()

    def write_places(self) -> None:
        """Write the table of where each object begins, at last where that is."""
        start, size = self.target.tell(), self.last + 1
        self.target.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for number in range(1, size):
            self.target.write(b"%010d 00000 n \n" % self.places[number])
        trailer = dictionary(
            Size=NumberObject(size),
            Root=self.reference(CATALOG),
            ID=ArrayObject([self.key, self.key]),
        )
        self.target.write(b"trailer\n")
        trailer.write_to_stream(self.target)
        self.target.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)


class Brought:
    """The objects of one PDF on their way into another."""

    def __init__(self, joined: Joined, reader: PdfReader) -> None:
        self.joined = joined
        self.pages = list(reader.pages)
        self.numbers: dict[tuple[int, int], int] = {}
        self.waiting: list[tuple[int, IndirectObject]] = []

    def write(self) -> None:
        """Write the pages, then whatever they refer to, each once."""
        ours = [self.joined.new_number() for _page in self.pages]
        for number, page in zip(ours, self.pages, strict=True):
            if (where := page.indirect_reference) is not None:
                self.numbers[where.idnum, where.generation] = number
        for number, page in zip(ours, self.pages, strict=True):
            self.write_page(number, page)
        self.joined.pages += ours
        while self.waiting:
            number, where = self.waiting.pop()
            self.joined.write(number, self.brought(where.get_object()))

    def write_page(self, number: int, page: DictionaryObject) -> None:
        """Write a page; what it had from those above it the reader has given it."""
        found = {key: value for key, value in page.items() if key != PARENT}
        written = self.brought(DictionaryObject(found))
        written[PARENT] = self.joined.reference(PAGES)
        self.joined.write(number, written)

    def brought(self, value: Any) -> Any:
        """Return a value in which references are to objects of the new file."""
        if isinstance(value, IndirectObject):
            return self.joined.reference(self.number_of(value))
        if isinstance(value, ArrayObject):
            return ArrayObject(self.brought(one) for one in value)
        if not isinstance(value, DictionaryObject):
            return NullObject() if value is None else value
        made = like(value)
        made.update({key: self.brought(one) for key, one in dict.items(value)})
        return made

    def number_of(self, where: IndirectObject) -> int:
        """Return the new number of an object, which is to be written if it is new."""
        key = where.idnum, where.generation
        if key not in self.numbers:
            self.numbers[key] = self.joined.new_number()
            self.waiting.append((self.numbers[key], where))
        return self.numbers[key]


def like(value: DictionaryObject) -> DictionaryObject:
    """Return an empty dictionary, or a stream of the same bytes, compressed as is."""
    if not isinstance(value, StreamObject):
        return DictionaryObject()
    made = type(value)()
    made._data = value._data
    return made


def dictionary(**values: Any) -> DictionaryObject:
    """Return a dictionary of the PDF; texts in it are names."""
    return DictionaryObject(
        {
            NameObject(f"/{key}"): NameObject(one) if type(one) is str else one
            for key, one in values.items()
        }
    )
