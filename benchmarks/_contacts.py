"""The requests that save a contact, as its form sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp

from benchmarks._measure import Client
from benchmarks._setup import Place
from endi_like.models.contacts import CreditAccount
from tests.functional.pages import document_form

ACCOUNT = 7


def saved_contacts(
    place: Place, app: Any, client: Client, times: int
) -> Iterator[dict[str, Any]]:
    """Yield requests that each correct a field of a contact, one after the other."""
    with Session(place.engine) as db:
        wanted = select(CreditAccount.entity_id).where(CreditAccount.id == ACCOUNT)
        path = f"/contacts/{db.scalars(wanted).one()}/edit"
    browser = TestApp(app, extra_environ={"HTTP_COOKIE": client.cookie})
    form = document_form(browser.get(path))
    fields = [pair for pair in form.submit_fields() if pair[0] != "action"]
    first = int(form["version"].value)
    for at in range(times):
        typed = {"version": str(first + at), "legal_name": f"Mairie de Rennes {at}"}
        body = [(name, typed.get(name, value)) for name, value in fields]
        yield client.request(path, [*body, ("action", "save")])
