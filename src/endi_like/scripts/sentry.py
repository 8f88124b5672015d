"""Mistakes of ours, told to a Sentry server: what the log calls an error, no more.

Loaded only where ``endi.sentry_dsn`` is set.  A report holds the sentence of the log,
the types and places of the errors, and the number of the request.  Who asked for what
stays here: no address, no form, no cookie, no name, and no value of a variable.
"""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from endi_like.logs import bound
from endi_like.settings import Settings

TAGS = ("request_id", "job", "job_id")
LONGEST = 300


def begin(settings: Settings) -> None:
    """Report from now on; call it in each process."""
    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        release=f"endi-like@{version('endi_like')}",
        environment="production" if settings.production else "development",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        before_send=discreet,
    )


def discreet(event: Any, _hint: Any) -> Any:
    """Leave out of a report what may be about people, and add what it belongs to."""
    known = bound()
    tags = {name: str(known[name]) for name in TAGS if name in known}
    event["tags"] = {**event.get("tags", {}), **tags}
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = first_line(error.get("value"))
    said = event.get("logentry", {})
    # the arguments of a sentence may be anything, such as what a database objects to
    said.pop("params", None)
    for name in ("message", "formatted"):
        if name in said:
            said[name] = first_line(said[name])
    for name in ("user", "request", "extra", "breadcrumbs", "modules"):
        event.pop(name, None)
    return event


def first_line(text: Any) -> str:
    """Return the beginning; databases go on with the values they object to."""
    return str(text or "").split("\n")[0][:LONGEST]
