"""Contacts from a CSV file: sent, its columns named, looked at, imported, told."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from endi_like.i18n import _
from endi_like.models.contacts import ContactImport, Entity
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.keys import row_id
from endi_like.services.contacts.duplicates.alike import Asking
from endi_like.services.contacts.importing import sent
from endi_like.services.contacts.importing.flat import FLAT
from endi_like.services.contacts.importing.importer import NoCompany, Target
from endi_like.services.contacts.importing.reading import UnusableFile
from endi_like.services.contacts.importing.refusing import Refusal
from endi_like.services.contacts.importing.suspecting import suspecting
from endi_like.services.contacts.importing.taken import Taken
from endi_like.services.files.examining import Upload
from endi_like.services.files.names import tidy
from endi_like.settings import MEGABYTE
from endi_like.views.actions import text
from endi_like.views.downloads import download
from endi_like.views.files import uploads
from endi_like.workflow.errors import Refused

NAME = "import"
SENDING = ("files",)
START = "start"
TEMPLATES = "endi_like:templates/contacts"
SECONDS = "2"


@dataclass
class RefusedRows:
    """The file of the rows that stayed out, as it is fetched."""

    sha256: str
    size: int
    name: str
    media_type: str = "text/csv; charset=utf-8"


@view_defaults(context=Collection, holds=Entity, name=NAME, permission=Permission.ADD)
class ImportViews:
    """``/contacts/import``, ``/contacts/import/12``, ``/contacts/import/12/refused``.

    An import is for whoever has sent the file, and does not exist for others.
    """

    def __init__(self, context: Collection, request: Any) -> None:
        self.context = context
        self.request = request
        self.base = f"{request.resource_path(context)}{NAME}/"
        self.user_id = request.identity.user_id

    @view_config(request_method="GET", renderer=f"{TEMPLATES}/import.jinja2")
    def page(self) -> Any:
        """Show where to send a file, how one begins, or what became of it."""
        match self.request.subpath:
            case ():
                return self.beginning()
            case (key,):
                return self.shown(self.own(key))
            case (key, "refused"):
                return self.refused(self.own(key))
        raise HTTPNotFound

    @view_config(request_method="POST", renderer=f"{TEMPLATES}/import.jinja2")
    def post(self) -> Any:
        """Take a file, or what its columns are."""
        if self.request.subpath == SENDING:
            return self.receive()
        if len(self.request.subpath) != 1:
            raise HTTPNotFound
        return self.choose(self.own(self.request.subpath[0]))

    def own(self, key: str) -> ContactImport:
        """Return an import of this user."""
        try:
            found = sent.own(self.request.db, row_id(key), self.user_id)
        except KeyError:
            found = None
        if found is None:
            raise HTTPNotFound
        return found

    def beginning(self) -> dict[str, Any]:
        """Offer to send a file, and show the last ones."""
        return {
            "run": None,
            "base": self.base,
            "back": self.request.resource_path(self.context),
            "most_mb": self.request.registry["settings.typed"].file_mb,
            "last": sent.last(self.request.db, self.user_id),
        }

    def receive(self) -> Any:
        """Keep a file; its bytes are stored before its row is written."""
        upload = self.one_upload()
        source, size = upload.source, upload.size
        self.request.tm.abort()
        self.request.tm.begin()
        source.seek(0)
        registry = self.request.registry
        run = ContactImport(
            user_id=self.user_id,
            name=tidy(upload.name),
            total=size,
            created_at=registry["clock"](),
            sha256="",
        )
        try:
            run.mapping = sent.first_mapping(source)
        except UnusableFile as error:
            raise Refused(error.args[0]) from error
        run.sha256 = registry["vault"].put(source)
        with registry["db.session_factory"].begin() as db:
            key = sent.keep(db, registry["vault"], run, source).id
        return HTTPSeeOther(f"{self.base}{key}")

    def one_upload(self) -> Upload:
        """Return the one file that was sent; raise ``Refused`` when it will not do."""
        most = self.request.registry["settings.typed"].file_mb
        found = uploads(self.request)
        if len(found) != 1 or not found[0].name:
            raise Refused(_("Please choose a file first."))
        said = {"name": tidy(found[0].name), "n": str(most)}
        if not found[0].size:
            raise Refused(_("“${name}” is empty.", mapping=said))
        if found[0].size > most * MEGABYTE:
            raise Refused(
                _("“${name}” is too large: a file has at most ${n} MB.", mapping=said)
            )
        return found[0]

    def choose(self, run: ContactImport) -> Any:
        """Take what the columns are; look once more, or begin."""
        posted = self.request.POST
        if run.state != "sent":
            return HTTPSeeOther(f"{self.base}{run.id}")
        places = range(sent.MOST_COLUMNS)
        typed = {place: text(posted, f"column-{place}") for place in places}
        mapping = sent.chosen(typed)
        run.mapping = sent.packed(mapping)
        run.company_code = text(posted, "company").strip()[:20]
        run.whole = bool(text(posted, "whole"))
        objection = sent.objection(mapping) or self.no_company(run)
        if objection or text(posted, "action") != START:
            return self.shown(run, objection)
        sent.ask(self.request.db, run, self.request.registry["clock"]())
        return HTTPSeeOther(f"{self.base}{run.id}")

    def no_company(self, run: ContactImport) -> str:
        """Return the sentence about a company that is not there, or nothing."""
        try:
            Target.of(self.request.db, run.company_code)
        except NoCompany as error:
            return error.args[0]
        return ""

    def shown(self, run: ContactImport, objection: str = "") -> dict[str, Any]:
        """Show how a file begins, how far it is, or what became of it."""
        if run.state == "waiting":
            self.request.response.headers["Refresh"] = SECONDS
        found = {
            "run": run,
            "base": self.base,
            "back": self.request.resource_path(self.context),
            "objection": objection,
            "percent": run.done * 100 // max(run.total, 1),
        }
        return found | self.preview(run) if run.state == "sent" else found

    def preview(self, run: ContactImport) -> dict[str, Any]:
        """Return how a file begins, with what is wrong."""
        db = self.request.db
        try:
            company_id = Target.of(db, run.company_code).company_id
        except NoCompany:
            company_id = None
        taken = Taken(lambda: nullcontext(db), company_id)
        identity = self.request.identity
        companies = self.context.companies(identity, Permission.VIEW)
        asking = Asking(self.context.scope(identity), companies)
        vault = self.request.registry["vault"]
        begun = sent.preview(vault, run, taken, suspecting(db, asking))
        return {
            "head": begun.head,
            "columns": list(zip(begun.head, examples(begun), strict=True)),
            "mapping": sent.mapping_of(run),
            "choices": [(key, flat.label) for key, flat in FLAT.items()],
            "rows": [(one, self.said(one)) for one in begun.rows],
        }

    def said(self, one: Any) -> list[str]:
        """Return what is to be said of a row."""
        refusal = Refusal(sent.FILE, one.row.line, one.reasons)
        reasons = [refusal.said(self.request.translate)] if one.reasons else []
        return [*reasons, *map(self.request.translate, one.alike)]

    def refused(self, run: ContactImport) -> Any:
        """Answer the file of the rows that stayed out."""
        if not run.refused_sha256:
            raise HTTPNotFound
        name = tidy(f"refused {run.name}")
        kept = RefusedRows(run.refused_sha256, run.refused_size, name)
        return download(self.request, kept)


def examples(begun: sent.Preview) -> list[str]:
    """Return of each column the first cell that holds something."""
    rows = [one.row.cells for one in begun.rows]
    return [
        next((row[at] for row in rows if at < len(row) and row[at].strip()), "")
        for at in range(len(begun.head))
    ]
