"""Whether the tables are those this version needs."""

from __future__ import annotations

from endi_like import migrations
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation
from endi_like.services.organisation import founded


def require_current(installation: Installation) -> None:
    """Raise ``Unusable`` unless the database is up to date."""
    if not migrations.is_current(installation.engine):
        raise Unusable(
            "the tables of the database are not those of this version; "
            f"run: endi-like migrate {installation.ini}"
        )


def update(installation: Installation) -> bool:
    """Bring the tables up to date; tell whether there was anything to do."""
    outdated = not migrations.is_current(installation.engine)
    if outdated:
        migrations.upgrade(installation.settings.database_url)
    with installation.session() as db:
        founded(db)
    return outdated
