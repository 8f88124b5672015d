"""A storage that speaks S3: of Amazon, or of anybody who speaks it as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from endi_like.services.files.storage import Damaged, Kept, StorageFault

PART = 5 * 1024 * 1024
"""What is larger is sent in parts, of which two are in memory."""

IN_MEMORY = 1024 * 1024
CLIENT = {"connect_timeout": "3s", "timeout": "60s"}
AGAIN = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}


class Bucket:
    """Objects in a bucket, under a prefix; ``options`` are those of an ``S3Store``.

    An object appears whole or not at all, however many parts it was sent in.
    """

    def __init__(self, bucket: str, prefix: str, **options: str) -> None:
        plain = options.get("endpoint", "").startswith("http://")
        allowed = {"allow_http": str(plain).lower()}
        self.options: dict[str, Any] = {
            "bucket": bucket,
            "prefix": prefix or None,
            **options,
            "client_options": {**CLIENT, **allowed},
            "retry_config": AGAIN,
        }

    @cached_property
    def store(self) -> Any:
        """Return the client, made when it is first used: it must not be forked."""
        return import_module("obstore.store").S3Store(**self.options)

    def write(self, name: str, source: BinaryIO, size: int) -> None:
        """Send the bytes, in parts when they are many."""
        parts = {"use_multipart": size > PART, "chunk_size": PART, "max_concurrency": 2}
        try:
            with asking():
                self.store.put(name, source, **parts)
        except FileNotFoundError as error:
            raise StorageFault("there is no such bucket") from error

    def open(self, name: str) -> BinaryIO:
        """Fetch the object into a file that is on disk when it is large."""
        with ExitStack() as opened:
            file = opened.enter_context(SpooledTemporaryFile(IN_MEMORY))
            try:
                with asking():
                    for block in self.store.get(name).stream():
                        file.write(block)
            except FileNotFoundError as error:
                raise Damaged(f"file {name} cannot be read") from error
            # It is closed again only if it could not be fetched.
            opened.pop_all()
        return cast("BinaryIO", file)

    def size(self, name: str) -> int | None:
        """Return the size of the object, if it is there."""
        try:
            with asking():
                return int(self.store.head(name)["size"])
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        """Delete the object."""
        with asking():
            self.store.delete(name)

    def everything(self) -> Iterator[Kept]:
        """Yield every object under the prefix."""
        with asking():
            for page in self.store.list():
                for one in page:
                    yield Kept(one["path"].rpartition("/")[2], one["last_modified"])


@contextmanager
def asking() -> Iterator[None]:
    """Turn what goes wrong on the way into a fault; what is not there is no fault.

    The library says more than a line, of which the first says enough.
    """
    fault = import_module("obstore.exceptions").BaseError
    try:
        yield
    except (fault, PermissionError) as error:
        raise StorageFault(str(error).partition("\n")[0]) from error
