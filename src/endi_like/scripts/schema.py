"""Whether the tables are those this version needs."""

from __future__ import annotations

from endi_like import migrations
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation
from endi_like.services.organisation import founded


def require_current(installation: Installation) -> None:
    """Raise ``Unusable`` unless the database is up to date."""
    refuse_newer(installation)
    if not migrations.is_current(installation.engine):
        raise Unusable(
            "the tables of the database are not those of this version; "
            f"run: endi-like migrate {installation.ini}"
        )


def refuse_newer(installation: Installation) -> None:
    """Raise ``Unusable`` if a newer version has changed the tables."""
    if migrations.is_newer(installation.engine):
        raise Unusable(
            "the tables of the database are those of a newer version: "
            "install that, or restore the backup that was made before it"
        )


def update(installation: Installation) -> bool:
    """Bring the tables up to date; tell whether there was anything to do."""
    refuse_newer(installation)
    outdated = not migrations.is_current(installation.engine)
    if outdated:
        try:
            migrations.upgrade(installation.settings.database_url)
        except migrations.BrokenReferences as error:
            raise Unusable(
                "the tables are as they were, since a step would leave rows that point "
                f"at nothing: {error}"
            ) from error
    with installation.session() as db:
        founded(db)
    return outdated
