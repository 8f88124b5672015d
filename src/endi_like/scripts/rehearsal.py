"""A few pages answered to nobody, before there are several web processes.

What is made at first use is then made once, and shared: compiled templates and
statements, words and signs of the language.  A process that writes to what it shares
gets a copy of its own, and first uses write nearly everywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from pyramid.request import Request
from pyramid.router import Router
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from endi_like.logs import UNTOLD
from endi_like.models.sales import Invoice
from endi_like.principals import Identity
from endi_like.services.sessions import Access

NOBODY = Identity(0, frozenset({"admin", "manager"}))
TIMES = 3
PAGES = (("valid", ""), ("draft", "edit"))

log = logging.getLogger(__name__)


def rehearse(application: Router) -> None:
    """Answer pages to somebody whom no row knows, and forget the connections."""
    engine: Engine = application.registry["db.engine"]
    addresses = list(pages(engine))
    for address in addresses * TIMES:
        ask(application, address)
    engine.dispose()


def pages(engine: Engine) -> Iterator[str]:
    """Yield the addresses of a home, a list, a record and a form, as far as there."""
    yield "/login"
    yield "/"
    yield "/invoices/"
    with Session(engine.execution_options(read_only=True)) as db:
        for state, view in PAGES:
            wanted = select(Invoice.id).where(Invoice.validation_status == state)
            found = db.scalars(wanted.limit(1)).first()
            if found:
                yield f"/invoices/{found}/{view}"


def ask(application: Router, address: str) -> None:
    """Answer one page; what goes wrong is noted, and keeps nobody from starting."""
    asked = {"HTTP_ACCEPT": "text/html", UNTOLD: True}
    environ = Request.blank(address, asked).environ
    try:
        with application.request_context(environ) as request:
            request.__dict__["access"] = Access(NOBODY, seen_at=None)
            application.invoke_request(request)
    except Exception:
        log.warning("%s could not be rehearsed", address, exc_info=True)
