"""Attached files as pages and programs are shown them, and who may remove which.

Plain functions over the rows of ``services.history.files``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from endi_like.i18n import _
from endi_like.models.files import ATTACHMENT
from endi_like.permissions import Permission
from endi_like.services.files.kinds import BY_ENDING, icon
from endi_like.views.of_account import accounts_of

NAMELESS: Mapping[int, Any] = MappingProxyType({})
NO_RIGHT = _("You do not have the right to do it.")
NOT_THEIRS = _(
    "The document is locked: only who has attached the file, or a manager, may remove "
    "or restore it."
)


@dataclass(frozen=True)
class Shown:
    """A version of a file, as a line of a page; ``base`` is where it is found.

    ``account`` is what the account of a contact is called whose file it is.
    """

    file: Any
    base: str
    url: str
    icon: str
    may_remove: bool
    older: list[Shown] = field(default_factory=list)
    account: Any = ""


@dataclass(frozen=True)
class Attached:
    """The files of a record: those that are there, those removed, and how to add.

    ``accounts`` are those of a contact one may attach a file to.
    """

    files: list[Shown]
    removed: list[Shown]
    url: str
    most_mb: int
    accept: str
    may_attach: bool
    accounts: Sequence[tuple[int, Any]] = ()


def attached(
    request: Any,
    record: Any,
    rows: Iterable[Any],
    names: Mapping[int, Any] = NAMELESS,
) -> Attached:
    """Return what a page shows of the attached files; ``rows`` are oldest first.

    The last version of a file that is not removed stands for it, the others below.
    ``names`` are what the accounts are called, where files of several are shown.
    """
    shown = [
        replace(line(request, record, row), account=names.get(row.account_id, ""))
        for row in rows
        if row.purpose == ATTACHMENT
    ]
    found: dict[Any, list[Shown]] = {}
    for one in shown:
        if not one.file.removed_at:
            key = one.file.account_id, one.file.name
            found.setdefault(key, []).insert(0, one)
    current = [replace(last, older=rest) for last, *rest in found.values()]
    return Attached(
        files=sorted(current, key=lambda one: one.file.id, reverse=True),
        removed=[one for one in shown if one.file.removed_at],
        url=request.resource_path(record["files"]),
        most_mb=request.registry["settings.typed"].file_mb,
        accept=",".join(f".{ending}" for ending in BY_ENDING),
        may_attach=bool(request.has_permission(Permission.ATTACH, record)),
        accounts=accounts_of(record),
    )


def line(request: Any, record: Any, file: Any) -> Shown:
    """Return one version as it is shown."""
    base = request.resource_path(record["files"], str(file.id), "")
    return Shown(
        file,
        base,
        url_of(request, record["files"], file),
        icon(file.name),
        may_remove=cannot_remove(request, record, file) is None,
    )


def url_of(request: Any, files: Any, file: Any) -> str:
    """Return the address at which a file is fetched."""
    path: str = request.resource_path(files, str(file.id), file.name)
    return path


def cannot_remove(request: Any, record: Any, file: Any) -> str | None:
    """Return why a user may not remove or restore a file, or nothing.

    Whoever may attach may, until the document is locked; from then on it is for who
    has attached the file, and for whoever may detach what others have.
    """
    if not request.has_permission(Permission.ATTACH, record):
        return NO_RIGHT
    mine = file.uploaded_by_id == request.identity.user_id
    if mine or not record.is_settled:
        return None
    return None if request.has_permission(Permission.DETACH, record) else NOT_THEIRS


def as_json(request: Any, files: Any, file: Any) -> dict[str, Any]:
    """Return what a program is told of a file."""
    return {
        "id": file.id,
        "name": file.name,
        "version": file.version,
        "description": file.description,
        "account_id": file.account_id,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "created_at": file.created_at.isoformat(),
        "uploaded_by": file.who,
        "removed_at": file.removed_at and file.removed_at.isoformat(),
        "url": url_of(request, files, file),
    }


def all_as_json(request: Any, record: Any, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what a program is told of the attached files of a record."""
    files = record["files"]
    return [as_json(request, files, row) for row in rows if row.purpose == ATTACHMENT]
