"""Where this installation keeps its files: what one setting says."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from endi_like.services.files.bucket import Bucket
from endi_like.services.files.folder import Folder
from endi_like.services.files.storage import Storage
from endi_like.services.files.vault import Vault
from endi_like.settings import Settings


@lru_cache
def open_vault(settings: Settings) -> Vault:
    """Return the files of the installation: in its data folder, or in a bucket."""
    return Vault(storage_of(settings))


def storage_of(settings: Settings) -> Storage:
    """Return what keeps the files."""
    if not settings.files:
        return Folder(settings.data_folder / "files")
    place = urlsplit(settings.files)
    keys = {
        "access_key_id": settings.s3_key,
        "secret_access_key": settings.s3_secret,
    }
    given = {name: key for name, key in keys.items() if key}
    options = {**dict(parse_qsl(place.query)), **given}
    return Bucket(place.netloc, place.path.strip("/"), **options)
