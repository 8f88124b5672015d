"""Backups of an installation whose database is SQLite: one file that holds it all.

``making`` writes it while people work; ``restoring`` proves it whole before it puts
anything anywhere.
"""

from endi_like.services.backups.content import BadBackup, Belongings
from endi_like.services.backups.making import make_backup
from endi_like.services.backups.restoring import restore

__all__ = ["BadBackup", "Belongings", "make_backup", "restore"]
