"""Files in a bucket: two real web processes, and a server that speaks S3, then none."""

from __future__ import annotations

import time
from functools import partial

from sqlalchemy import func, select

from endi_like.models.files import StoredFile
from tests.functional.site import Client, furnish, ini, install
from tests.functional.test_promises_bodies import own_invoice
from tests.functional.test_promises_storage import MB, pdf
from tests.processes import in_session
from tests.servers.http import ini_value, running_server
from tests.servers.s3 import storage_server

SIZES = [12 * MB, *[MB // 10] * 5]
SOON = 20.0
"""An upload is given up within this many seconds once its bucket is away."""

SETTINGS = """endi.files = {place}
endi.s3_key = key
endi.s3_secret = secret"""


def stored(place):
    """Return how many files the database names."""
    query = select(func.count()).select_from(StoredFile)
    return in_session(place, lambda db: db.scalar(query))


def test_F6_files_come_and_go_by_a_bucket_and_without_it_nothing_is_stored(
    empty_place,
):
    place = empty_place
    install(place)
    office = in_session(place, furnish)
    record = f"/invoices/{in_session(place, partial(own_invoice, office=office))}/"
    with storage_server() as storage:
        bucket = SETTINGS.format(place=ini_value(storage.bucket("endi")))
        settings = ini(place, settings=bucket, server="workers = 2")
        with running_server(settings) as server:
            client = Client(server.url, office.cookie)
            for number, size in enumerate(SIZES):
                data = pdf(size, number)
                said = client.upload(record, f"{number}.pdf", data)
                assert said.status == 201, said.text
                got = client.get(said.json["files"][-1]["url"])
                assert (got.status, got.body == data) == (200, True)
            before = stored(place)
            assert before >= len(SIZES)
            assert not (place.folder / "files").exists(), "none is in the data folder"

            storage.stop()
            began = time.monotonic()
            said = client.upload(record, "away.pdf", pdf(MB, "away"))
            assert said.status == 503, said.text
            assert time.monotonic() - began < SOON
            assert stored(place) == before
            for page in (record, "/invoices/"):
                assert client.get(page).status == 200
            assert "Traceback" not in server.printed()
