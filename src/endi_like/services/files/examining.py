"""Whether what somebody sends can be attached, with the sentence that says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from endi_like.i18n import _
from endi_like.services.files.archives import BadArchive
from endi_like.services.files.kinds import BY_ENDING, Kind, is_of_the_web, recognised
from endi_like.services.files.names import ending, tidy
from endi_like.settings import MEGABYTE
from endi_like.workflow.errors import Refused

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: what it is called, and its bytes."""

    name: str
    source: BinaryIO

    @property
    def size(self) -> int:
        """Return how many bytes there are."""
        return self.source.seek(0, 2)


@dataclass(frozen=True)
class Accepted:
    """A file that may be attached."""

    name: str
    kind: Kind
    size: int
    source: BinaryIO


def accepted(uploads: Sequence[Upload], most_mb: int) -> list[Accepted]:
    """Return the files of one request; raise ``Refused`` with all that is wrong."""
    if not uploads:
        raise Refused(_("Please choose a file first."))
    if len(uploads) > MOST_AT_ONCE:
        said = {"n": MOST_AT_ONCE}
        raise Refused(_("At most ${n} files can be sent at once.", mapping=said))
    found: list[Accepted] = []
    reasons: list[str] = []
    for upload in uploads:
        try:
            found.append(examined(upload, most_mb))
        except Refused as refusal:
            reasons += refusal.args
    if reasons:
        raise Refused(*reasons)
    return found


def examined(upload: Upload, most_mb: int) -> Accepted:
    """Return the file as it will be kept; raise ``Refused`` with one sentence."""
    name, size = tidy(upload.name), upload.size
    said = {"name": name}
    if not size:
        raise Refused(_("“${name}” is empty.", mapping=said))
    if size > most_mb * MEGABYTE:
        said["n"] = str(most_mb)
        raise Refused(
            _("“${name}” is too large: a file has at most ${n} MB.", mapping=said)
        )
    try:
        kind = kind_of(name, upload.source)
    except BadArchive as bad:
        raise Refused(bad_archive(name, bad)) from bad
    if not ending(name):
        name = f"{name}.{kind.endings[0]}"
    return Accepted(name, kind, size, upload.source)


def kind_of(name: str, source: BinaryIO) -> Kind:
    """Return the kind of a file, on which its name and its content have to agree."""
    end = ending(name)
    kind = BY_ENDING.get(end)
    if kind and kind.fits(source):
        return kind
    if end and kind is None:
        raise Refused(
            _(
                "“${name}” is of a kind that is not kept: PDF, images, office "
                "documents, texts, e-mails and archives can be attached.",
                mapping={"name": name},
            )
        )
    seems = recognised(source)
    if seems and not end:
        return seems
    if is_of_the_web(source):
        raise Refused(
            _(
                "“${name}” does not contain what its name says, but a page or a "
                "drawing of the web (HTML, SVG): such files are not kept.",
                mapping={"name": name},
            )
        )
    raise Refused(another_kind(name, seems))


def another_kind(name: str, seems: Kind | None) -> str:
    """Return the sentence about a file that is not what its name says."""
    said = {"name": name}
    if seems is None:
        return _(
            "“${name}” does not contain what its name says; it may be damaged.",
            mapping=said,
        )
    said["ending"] = f".{seems.endings[0]}"
    return _(
        "“${name}” does not contain what its name says: it should end in ${ending}.",
        mapping=said,
    )


def bad_archive(name: str, bad: BadArchive) -> str:
    """Return the sentence about an archive that is not kept."""
    said = {"name": name}
    if bad.bomb:
        return _("“${name}” would be far too large when unpacked.", mapping=said)
    return _("“${name}” is damaged: it cannot be unpacked.", mapping=said)
