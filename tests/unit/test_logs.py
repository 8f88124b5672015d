"""Lines of the log: one for each thing said, whatever is said."""

from __future__ import annotations

import io
import json
import logging
import sys
from types import SimpleNamespace

import pytest

from endi_like import logs

FORGED = (
    "x\r\n2026-11-20 INFO forged\n\x1b[31mred\x1b[0m\u2028\u2029\x85\x00\u202e\ud800"
)


@pytest.fixture(params=logs.FORMATS)
def said(request):
    """Return a logger, and a function that gives the lines it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(request.param))
    logger = logging.Logger("tests.logs")
    logger.addHandler(handler)

    def lines():
        written = stream.getvalue().split("\n")[:-1]
        if request.param == "json":
            return [json.loads(line) for line in written]
        return written

    lines.kind = request.param
    yield logger, lines
    logs.forget()


def test_I15_a_line_stays_one_line(said):
    logger, lines = said
    with logs.belonging_to(request_id=FORGED):
        logger.warning("%s", FORGED, extra={"path": FORGED})
    (line,) = lines()
    if lines.kind == "json":
        assert {line[name] for name in ("event", "path", "request_id")} == {FORGED}
    else:
        assert line.isprintable()
        assert line.splitlines() == [line]
        assert line.count(r"\r\n2026") == 3


def test_I15_no_value_looks_like_another_field(said):
    logger, lines = said
    sent = {"path": '/x user=1 "status=200', "method": "GET", "status": ""}
    logger.info("request", extra=sent)
    (line,) = lines()
    if lines.kind == "json":
        assert line["path"] == sent["path"]
    else:
        told = r'path="/x user=1 \"status=200" method=GET status=""'
        assert line.endswith(f"INFO tests.logs request {told}")


def test_I15_a_traceback_forges_no_line(said):
    logger, lines = said
    try:
        raise ValueError(FORGED)
    except ValueError:
        logger.exception("went wrong")
    found = lines()
    if lines.kind == "json":
        (line,) = found
        assert line["event"] == "went wrong"
        assert FORGED in line["exception"]
    else:
        first, *rest = found
        assert first.endswith("ERROR tests.logs went wrong")
        assert rest
        assert all(line.startswith("  ") and line.isprintable() for line in rest)


def test_a_line_says_when_who_how_bad_and_what_it_belongs_to(said):
    logger, lines = said
    logs.bind(request_id="12345678")
    with logs.belonging_to(job="print_invoice"):
        logger.info("done", extra={"ms": 12.5})
    logs.forget()
    logger.error("alone")
    first, second = lines()
    if lines.kind == "json":
        at = first.pop("at")
        assert at.endswith("Z")
        assert first == {
            "level": "info",
            "logger": "tests.logs",
            "event": "done",
            "ms": 12.5,
            "job": "print_invoice",
            "request_id": "12345678",
        }
        assert "request_id" not in second
    else:
        assert " INFO tests.logs done " in first
        assert {"ms=12.5", "job=print_invoice"} <= set(first.split())
        assert second.endswith("ERROR tests.logs alone")


def test_what_cannot_be_written_as_json_is_written_all_the_same(said):
    logger, lines = said
    logger.info("this", extra={"what": {1, 2}, "kind": object})
    assert len(lines()) == 1


def test_only_the_handlers_an_ini_file_makes_are_ours(monkeypatch):
    before, made = logging.NullHandler(), logging.StreamHandler()
    logger = logging.getLogger("tests.logs.handlers")
    logger.addHandler(before)
    with logs.written_as("json"):
        logger.addHandler(made)
    logger.handlers.clear()
    assert before.formatter is None
    assert made.formatter is not None


def test_what_nobody_handles_is_logged(monkeypatch, caplog):
    for module in (sys, logs.threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(logging, "lastResort", logging.NullHandler())
    logs.take_all("json")
    logging.captureWarnings(False)
    try:
        raise ValueError("unforeseen")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
        told = (ValueError, error, error.__traceback__, None)
        logs.threading.excepthook(logs.threading.ExceptHookArgs(told))
        freed = SimpleNamespace(
            exc_type=ValueError,
            exc_value=error,
            exc_traceback=error.__traceback__,
            err_msg=None,
            object="what was freed",
        )
        sys.unraisablehook(freed)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["CRITICAL", "CRITICAL", "ERROR"]
    assert caplog.text.count("ValueError: unforeseen") == 3
