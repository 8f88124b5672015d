"""Files of a record: sent to it, fetched from it, removed and restored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission
from endi_like.resources.files import FileContent, FileResource, Files
from endi_like.resources.keys import row_id
from endi_like.services.beside import Place, Signature
from endi_like.services.files import attachments
from endi_like.services.files.examining import Accepted, Upload, accepted
from endi_like.services.locks import hold_files
from endi_like.views.actions import finished, text
from endi_like.views.attached import as_json, cannot_remove
from endi_like.views.downloads import download
from endi_like.views.of_account import NOT_ITS_OWN, place_of
from endi_like.workflow.errors import NotPermitted, Refused

FIELD, ACCOUNT = "file", "account_id"
LONGEST_DESCRIPTION = 255


@view_config(context=Files, request_method="POST", permission=Permission.ATTACH)
def attach(context: Files, request: Any) -> Any:
    """Attach what was sent, all of it or nothing.

    Everything is looked at before anything is stored; the bytes are in the vault
    before the rows that name them are written, and nobody waits meanwhile.
    """
    settings = request.registry["settings.typed"]
    files = accepted(uploads(request), settings.file_mb)
    place, by = wanted_place(context, request), signature(request)
    attachments.check_room(request.db, place, files, settings.quota_mb)
    # what was read so far may go; what is read from here on is what is there then
    request.tm.abort()
    request.tm.begin()
    made = stored(request, context, place, files, by)
    said = request.translate(
        ngettext("The file is attached.", "${n} files are attached.", len(made))
    )
    if request.wants_json:
        return Response(json_body={"files": made, "said": said}, status=201)
    request.flash(said)
    return HTTPSeeOther(request.resource_url(context.__parent__, anchor="files"))


def uploads(request: Any) -> list[Upload]:
    """Return the files that were sent."""
    sent = request.POST.getall(FIELD) if request.POST else []
    return [Upload(one.filename, one.file) for one in sent if hasattr(one, "filename")]


def wanted_place(context: Files, request: Any) -> Place:
    """Return where files are to be: beside the record, or for an account of it."""
    sent = text(request.POST, ACCOUNT).strip()
    try:
        return place_of(context.__parent__, row_id(sent) if sent else None)
    except KeyError:
        raise Refused(NOT_ITS_OWN) from None


def signature(request: Any) -> Signature:
    """Return who attaches or removes something, and when."""
    return Signature(request.identity.user_id, request.registry["clock"]())


def stored(
    request: Any,
    context: Files,
    place: Place,
    files: Sequence[Accepted],
    by: Signature,
) -> list[dict[str, Any]]:
    """Store the files, then their rows; return what a program is told of each."""
    vault, quota = request.registry["vault"], request.registry["settings.typed"]
    description = text(request.POST, "description").strip()[:LONGEST_DESCRIPTION]
    named = [(vault.put(file.source), file) for file in files]
    tell = partial(as_json, request, context)
    with request.registry["db.session_factory"].begin() as db:
        # Others who attach wait from here on: room is looked for by one at a time.
        hold_files(db)
        attachments.check_room(db, place, files, quota.quota_mb)
        rows = attachments.add(db, vault, place, named, by, description)
        made = {row.id for row in rows}
        return [tell(row) for row in attachments.all_of(db, place) if row.id in made]


@view_config(
    context=Files, request_method="GET", permission=Permission.VIEW, renderer="json"
)
def files_json(context: Files, request: Any) -> Any:
    """Tell a program which files a record has; a person finds them on its page."""
    if not request.wants_json:
        return HTTPSeeOther(request.resource_url(context.__parent__, anchor="files"))
    rows = attachments.all_of(request.db, context.place)
    return {"files": [as_json(request, context, row) for row in rows]}


@view_config(context=FileContent, request_method="GET", permission=Permission.VIEW)
def fetch(context: FileContent, request: Any) -> Response:
    """Answer the file, to be stored and not shown."""
    return download(request, context.file)


@view_config(
    context=FileResource,
    name="remove",
    request_method="POST",
    permission=Permission.ATTACH,
)
def remove(context: FileResource, request: Any) -> Any:
    """Take a file off the record; the page offers to put it back."""
    return moved(context, request, attachments.remove, _("The file is removed."))


@view_config(
    context=FileResource,
    name="restore",
    request_method="POST",
    permission=Permission.ATTACH,
)
def restore(context: FileResource, request: Any) -> Any:
    """Put back a file that was removed."""
    return moved(context, request, attachments.restore, _("The file is back."))


def moved(context: FileResource, request: Any, move: Any, said: Any) -> Any:
    """Remove or restore a file, if this user may."""
    record = context.__parent__.__parent__
    if reason := cannot_remove(request, record, context.file):
        raise NotPermitted(reason)
    place = place_of(record, context.file.account_id)
    move(request.db, place, context.file, signature(request))
    return finished(request, record, said)
