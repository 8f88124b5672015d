"""The file of a bundle, and what goes into it: one document after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any, BinaryIO, Protocol
from zipfile import ZipFile, ZipInfo

from sqlalchemy.orm import Session

from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services import printouts
from endi_like.services.files import Vault
from endi_like.services.files.names import tidy
from endi_like.services.papers import paper
from endi_like.services.printing import render_pdf
from endi_like.services.rights.asking import holds
from endi_like.services.rights.tables import DOCUMENTS, RECORDS


@dataclass(frozen=True)
class Page:
    """The PDF of a document under its name; ``unkept`` is one to be stored for good."""

    name: str
    data: bytes
    unkept: printouts.Printout | None = None


def page_of(
    db: Session, vault: Vault, identity: Identity | None, task_id: int
) -> Page | None:
    """Return a document as its page gives it; nothing if they may not see it now.

    ``db`` only reads.  Raises ``Damaged`` when what is stored is not what it was.
    """
    task = db.get(Task, task_id)
    if identity is None or task is None or not may_see(identity, task):
        return None
    name = printouts.file_name(task.official_number, task_id)
    if task.validation_status != "valid":
        return Page(name, render_pdf(printouts.html(paper(db, task))))
    found = printouts.kept(db, vault, task_id)
    if found is not None:
        return Page(name, found)
    made = printouts.made(db, task_id)
    return Page(name, made.data, made)


def may_see(identity: Identity, task: Task) -> bool:
    """Tell whether somebody may see a document."""
    record = RECORDS[DOCUMENTS[task.type_]]
    return holds(identity, Permission.VIEW, record, task)


class Bundling(Protocol):
    """A file that documents are written into as they come."""

    def add(self, name: str, data: bytes) -> None:
        """Write a document."""

    def close(self) -> None:
        """Write what comes last."""


class OnePdf:
    """The pages of all documents, one behind the other."""

    def __init__(self, target: BinaryIO, key: str, _at: dt.datetime) -> None:
        # loaded by the first bundle only: web workers make none
        self.joined: Any = import_module("endi_like.services.joining").Joined(
            target, key
        )

    def add(self, _name: str, data: bytes) -> None:
        """Write the pages of a document."""
        self.joined.add(data)

    def close(self) -> None:
        """Write what leads to the pages."""
        self.joined.close()


class ZipOfPdfs:
    """A file for each document, by its number; no two are called alike."""

    def __init__(self, target: BinaryIO, key: str, at: dt.datetime) -> None:
        self.archive = ZipFile(target, "w")
        self.archive.comment = key.encode()
        self.at = at.timetuple()[:6]
        self.taken: set[str] = set()

    def add(self, name: str, data: bytes) -> None:
        """Write a document under its name; a PDF is compressed already."""
        self.archive.writestr(ZipInfo(self.free(tidy(name)), self.at), data)

    def free(self, name: str) -> str:
        """Return the name, with a number if another file has it in whatever case."""
        stem, _dot, end = name.rpartition(".")
        others = (f"{stem}-{number}.{end}" for number in count(2))
        while name.casefold() in self.taken:
            name = next(others)
        self.taken.add(name.casefold())
        return name

    def close(self) -> None:
        """Write the directory."""
        self.archive.close()


BUNDLINGS: Mapping[str, Callable[[BinaryIO, str, dt.datetime], Bundling]] = {
    "pdf": OnePdf,
    "zip": ZipOfPdfs,
}
"""How each kind of bundle is written; its key makes every file another."""
