"""Contacts from a file that was sent by the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, job, scheduled
from endi_like.models.contacts import ContactImport
from endi_like.services.contacts.importing import sent
from endi_like.services.contacts.importing.flat_checking import FlatChecking
from endi_like.services.contacts.importing.importer import (
    Target,
    seldom_tidied,
    staging,
    store,
)
from endi_like.services.contacts.importing.reading import Row, UnusableFile
from endi_like.services.contacts.importing.refusing import Refusals
from endi_like.services.contacts.importing.staging import Staging
from endi_like.services.contacts.importing.taken import Taken
from endi_like.services.files.naming import secure
from endi_like.translation import Translator

OFTEN = 2000


@job(sent.IMPORT_JOB)
def import_contacts(work: Work, import_id: int) -> None:
    """Import a file that was sent; what was imported before stays as it is."""
    run = work.db.get(ContactImport, import_id)
    if run is None or run.state != "waiting":
        return
    with seldom_tidied(), staging() as staged, TemporaryDirectory() as folder:
        try:
            refused = checked(work, run, staged, Path(folder))
        except UnusableFile as error:
            run.state, run.ended_at = "failed", work.clock()
            run.error = Translator(run.user.language)(error.args[0])
            return
        run.refused = refused.total
        if not (run.whole and refused.total):
            target = Target.of(work.db, run.company_code)
            run.imported = store(work.db, target, staged, work.clock())
        keep_refused(work, run, Path(folder) / sent.FILE)
        run.state, run.ended_at = "done", work.clock()


def checked(work: Work, run: ContactImport, staged: Staging, folder: Path) -> Refusals:
    """Read every row, and say from time to time how far that is."""
    target = Target.of(work.db, run.company_code)
    translate = Translator(run.user.language)
    work.db.commit()
    taken = Taken(work.look, target.company_id)
    refused = Refusals(folder, translate)
    with work.vault.open(run.sha256) as source, sent.opened(source) as found:
        checking = FlatChecking(sent.reading_of(run, found), staged, taken)
        checking.check(told(work.db, run, found), refused)
    refused.close()
    return refused


def told(db: Session, run: ContactImport, found: sent.Open) -> Iterator[Row]:
    """Yield rows, and write down how far one is: nobody waits for long."""
    for number, row in enumerate(found.rows, 1):
        yield row
        if number % OFTEN == 0:
            run.done = found.binary.tell()
            db.commit()
    run.done = run.total
    db.commit()


def keep_refused(work: Work, run: ContactImport, path: Path) -> None:
    """Keep the file of the rows that stayed out, if there are any."""
    if not path.is_file():
        return
    with path.open("rb") as source:
        run.refused_size = path.stat().st_size
        run.refused_sha256 = work.vault.put(source)
        secure(work.db, work.vault, run.refused_sha256, source)


@scheduled(
    "forget_imports",
    "40 2 * * *",
    label=_("Forget imported files"),
    help=_("Deletes what was sent to be imported more than 30 days ago."),
)
def forget_imports(work: Work) -> None:
    """Forget the files of imports; the contacts stay."""
    count = sent.forget_old(work.db, work.clock())
    said = ngettext("${n} file forgotten", "${n} files forgotten", count)
    work.report.done(_("Imported files"), said)
