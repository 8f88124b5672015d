"""Logs: each line says one thing, as text to read or as JSON, and what it belongs to.

The ini file says which handlers there are and what they let through; how a line is
written is the same for every logger, ours and the libraries'.  Whatever is said, a line
stays one line: what somebody sends cannot look like a line of ours.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog import contextvars
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import (
    ExtraAdder,
    ProcessorFormatter,
    add_log_level,
    add_logger_name,
)

FORMATS = ("text", "json")
REQUEST_ID = "endi.request_id"
"""The key under which the environment of a request holds its number."""

UNTOLD = "endi.untold"
"""The key of a request that nobody has sent: no log and no metric tells of it."""

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
AMBIGUOUS = re.compile(r"[\s=\"]")
ALWAYS = ("at", "level", "logger", "event", "exception")

Said = MutableMapping[str, Any]

log = logging.getLogger(__name__)

bind = contextvars.bind_contextvars
forget = contextvars.clear_contextvars
bound = contextvars.get_contextvars


@contextmanager
def belonging_to(**what: Any) -> Iterator[None]:
    """Have every line meanwhile say what it belongs to, such as a job."""
    with contextvars.bound_contextvars(**what):
        yield


def visible(text: str) -> str:
    """Return a text as one line: what would end it, or steer a terminal, is spelt."""
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def field(value: Any) -> str:
    """Return a value of a line for people, quoted if it may look like more fields."""
    text = str(value)
    if text and not AMBIGUOUS.search(text):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def as_text(_logger: Any, _method: str, said: Said) -> str:
    """Return a line for people; a traceback follows it, indented."""
    about = {name: said[name] for name in said if name not in ALWAYS}
    fields = (
        f"{name}={field(about[name])}" for name in about if about[name] is not None
    )
    first = [said["at"], said["level"].upper(), said["logger"], said["event"]]
    lines = [" ".join(str(part) for part in (*first, *fields))]
    lines += [f"  {line}" for line in said.get("exception", "").split("\n") if line]
    return "\n".join(visible(line) for line in lines)


RENDERERS: dict[str, Callable[..., Any]] = {"text": as_text, "json": JSONRenderer()}


def formatter(kind: str) -> logging.Formatter:
    """Return what writes the lines of any logger as ``text`` or as ``json``."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            TimeStamper(fmt="iso", utc=True, key="at"),
            add_log_level,
            add_logger_name,
            contextvars.merge_contextvars,
            ExtraAdder(),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            format_exc_info,
            RENDERERS[kind],
        ],
    )


def handlers() -> set[logging.Handler]:
    """Return every handler of every logger there is."""
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    return {one for logger in (logging.root, *known) for one in logger.handlers}


@contextmanager
def written_as(kind: str | None) -> Iterator[None]:
    """Have the handlers that are made meanwhile write their lines in our way."""
    before = handlers()
    yield
    for handler in handlers() - before:
        handler.setFormatter(formatter(kind if kind in FORMATS else "text"))


def take_all(kind: str) -> None:
    """Log also what would be printed: warnings, and errors that nobody handles.

    For a process that is ours alone.
    """
    logging.captureWarnings(True)
    if logging.lastResort:
        logging.lastResort.setFormatter(formatter(kind))
    sys.excepthook = unhandled
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def unhandled(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Log an error that ends the process."""
    if issubclass(kind, Exception):
        log.critical("the process ends by an error", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


def unraisable(told: Any) -> None:
    """Log an error that came where none can be handled, as when an object is freed."""
    what = (told.exc_type, told.exc_value, told.exc_traceback)
    log.error("%s: %r", told.err_msg or "Exception ignored", told.object, exc_info=what)


def in_thread(told: threading.ExceptHookArgs) -> None:
    """Log an error that ends a thread."""
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        what = (told.exc_type, told.exc_value, told.exc_traceback)
        log.critical("a thread ends by an error", exc_info=what)
