"""Where a record stands and how it came there, as its page shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from endi_like.db import Base
from endi_like.services.streams import CHANGE, MAIL, MEMO, MOVE, TEXTS
from endi_like.translation import translator
from endi_like.views.history import FIELDS, Reader, begun, timeline
from endi_like.views.progress import tracks
from endi_like.workflow.sales import INVOICE

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ADA = SimpleNamespace(name="Ada")

MOVES = {
    "draft": "reopen",
    "wait": "submit",
    "invalid": "invalidate",
    "valid": "validate",
    "paid": "part_pay",
    "resulted": "settle",
    "fixed": "fix",
}


def invoice(validation="draft", paid="waiting", closure="open"):
    """Return what the functions read of an invoice."""
    return SimpleNamespace(
        lifecycle=INVOICE,
        validation_status=validation,
        paid_status=paid,
        closure_status=closure,
        created_at=START,
        created_by=ADA,
    )


def moves(*states, who="Bob", key="validation_status"):
    """Return log entries that lead from state to state, an hour apart."""
    return [
        SimpleNamespace(
            manager=key,
            action=MOVES[new],
            old=old,
            new=new,
            who=who,
            at=START + timedelta(hours=hour),
            comment="Look again." if new == "invalid" else "",
        )
        for hour, (old, new) in enumerate(zip(states, states[1:], strict=False), 1)
    ]


def row(stream, kind, **columns):
    """Return a row of the timeline."""
    texts = dict.fromkeys(TEXTS, "")
    flags = {"private": False, "pinned": False, "removed": False, "changed_at": None}
    about = {"id": 1, "actor_id": 1, "who": "Ada", "at": START}
    found = texts | flags | about | columns
    return SimpleNamespace(stream=stream, kind=kind, **found)


def as_row(move):
    """Return the row of a log entry."""
    columns = {
        "what": move.manager,
        "field": move.action,
        "before": move.old,
        "after": move.new,
        "text": move.comment,
    }
    kind = "files" if move.manager == "print" else "moves"
    return row(MOVE, kind, who=move.who, at=move.at, **columns)


def told(node, moves=(), changes=()):
    """Return the whole timeline of a node."""
    rows = [*changes, *map(as_row, moves)]
    rows.sort(key=lambda one: (one.at, one.stream, one.id), reverse=True)
    return [*timeline(node, rows, Reader(1)), begun(node)]


def shape(track):
    """Return a line of progress as words: name and classes of each step."""
    return [f"{step.label} {step.classes}".strip() for step in track.steps]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (
            ("draft",),
            ["Draft now", "Waiting for validation", "Validated"],
        ),
        (
            ("draft", "wait"),
            ["Draft done", "Waiting for validation now", "Validated"],
        ),
        (
            ("draft", "wait", "invalid"),
            [
                "Draft done",
                "Waiting for validation done",
                "Sent back now bad",
                "Validated",
            ],
        ),
        (
            ("draft", "wait", "valid"),
            ["Draft done", "Waiting for validation done", "Validated done now"],
        ),
    ],
)
def test_the_line_of_a_machine_shows_what_is_passed_and_what_is_to_come(path, shown):
    assert shape(tracks(invoice(path[-1]), moves(*path))[0]) == shown


def test_a_machine_that_sleeps_or_has_nothing_to_say_has_no_line():
    assert len(tracks(invoice("wait"), [])) == 1
    assert len(tracks(invoice("valid"), [])) == 2
    assert len(tracks(invoice("valid", closure="closed"), [])) == 3


def test_a_settled_invoice_is_all_passed():
    payment = tracks(invoice("valid", "resulted"), [])[1]
    assert [step.classes for step in payment.steps] == ["done", "done", "done now"]


def test_each_step_says_who_came_there_last_and_when():
    path = ("draft", "wait", "draft", "wait", "valid")
    steps = tracks(invoice("valid"), moves(*path))[0].steps
    assert [(step.who, step.at and step.at.hour) for step in steps] == [
        ("Bob", 11),
        ("Bob", 12),
        ("Bob", 13),
    ]


def test_what_was_undone_is_not_said_to_have_happened():
    steps = tracks(invoice("draft"), moves("draft", "wait", "draft"))[0].steps
    assert [bool(step.at) for step in steps] == [True, False, False]


@pytest.mark.parametrize(
    ("gone", "shown"),
    [
        ("manager", ["Bob: submit", "draft", "wait"]),
        ("action", ["Bob: bygone", "Draft", "Waiting for validation"]),
        ("old", ["Bob: Ask for validation", "bygone", "Waiting for validation"]),
        ("new", ["Bob: Ask for validation", "Draft", "bygone"]),
    ],
)
def test_what_a_later_version_calls_otherwise_is_shown_by_its_old_name(gone, shown):
    move = moves("draft", "wait")[0]
    setattr(move, gone, "bygone")

    entry = told(invoice("wait"), [move])[0]

    words = translator("en")
    labels = [words(one) for one in (entry.text, entry.old.label, entry.new.label)]
    assert labels == shown


def change(field="name", before="a", after="b", kind="changes", **more):
    """Return a field change."""
    at = START + timedelta(minutes=5)
    columns = {"at": at, "field": field, "before": before, "after": after, **more}
    return row(CHANGE, kind, **columns)


def said(entries):
    """Return the texts of a timeline in English."""
    return [translator("en")(entry.text) for entry in entries]


def test_the_timeline_is_newest_first_and_ends_with_the_beginning():
    entries = told(invoice("wait"), moves("draft", "wait"), [change()])
    assert said(entries) == [
        "Bob: Ask for validation",
        "Ada changed it",
        "Written by Ada",
    ]


def test_a_move_shows_both_states_and_its_reason():
    path = moves("draft", "wait", "invalid")
    entry = told(invoice("invalid"), path)[0]
    assert (entry.old.name, entry.new.name) == ("wait", "invalid")
    assert entry.comment == "Look again."


def test_what_follows_by_itself_names_nobody():
    path = moves("waiting", "paid", who="", key="paid_status")
    assert said(told(invoice("valid", "paid"), path))[0] == ("It is paid in part.")


def test_fields_saved_together_are_one_entry():
    later = START + timedelta(hours=1)
    changes = [change(), change("notes", id=2), change("date", id=3, at=later)]
    entries = told(invoice(), changes=changes)
    assert [len(entry.changes) for entry in entries] == [1, 2, 0]


def test_a_deadline_without_a_name_is_called_by_its_kind():
    deadline = {"what": "payment_deadline"}
    rows = [
        change("", "balance", None, **deadline),
        change("", None, "On delivery", id=2, **deadline),
        change("amount", "1.00", "2.00", id=3, row="deposit", **deadline),
        change("", None, "balance", id=4, what="task_line"),
    ]
    say = translator("fr")
    changes = told(invoice(), changes=rows)[0].changes
    words = [(say(one.field), one.before, one.after) for one in changes]
    assert [field for field, *_rest in words] == [
        "Échéance",
        "Échéance",
        "Montant de «\N{NO-BREAK SPACE}Acompte\N{NO-BREAK SPACE}»",
        "Ligne",
    ]
    assert say(words[0][1]) == "Solde"
    assert [after for *_rest, after in words[1::2]] == ["On delivery", "balance"]


def test_a_line_is_named_and_its_place_is_not_worth_a_word():
    rows = [
        change("cost", row="Oak bench"),
        change("position", row="Oak bench", id=2),
        change("", None, "Cushion", id=3),
    ]
    changes = told(invoice(), changes=rows)[0].changes
    speak = translator("en")
    assert [speak(one.field) for one in changes] == [
        "Unit price of “Oak bench”",
        "Line",
    ]


def test_a_payment_is_named_as_the_reader_writes_days_and_amounts():
    rows = [
        change("", None, "2026-11-02 1473.3"),
        change("amount", row="2026-11-02 1473.3", id=2),
    ]
    recorded, corrected = told(invoice(), changes=rows)[0].changes
    assert translator("de")(recorded.after) == "1.473,30 am 02.11.2026"
    assert translator("en")(corrected.field) == "Amount of “1,473.30 on 02/11/2026”"


def test_what_only_looks_like_a_payment_stays_as_it_was_typed():
    rows = [change("name", "2026-11-02 10", "2026-99-99 10")]
    entry = told(invoice(), changes=rows)[0].changes[0]
    assert (entry.before, entry.after) == ("2026-11-02 10", "2026-99-99 10")


def test_what_concerns_payments_is_told_apart_from_what_was_saved_with_it():
    rows = [
        change("name"),
        change("amount", kind="payments", what="payment", id=2),
        change("", None, "2026-11-02 10", kind="payments", what="payment", id=3),
        change("", None, "2026-11-03 20", kind="payments", what="payment", id=4),
    ]
    kinds = [entry.kind for entry in told(invoice(), changes=rows)]
    assert kinds == ["payments", "changes", "payments", "payments", "moves"]


def mail(**columns):
    """Return the row of a mail."""
    of = {"what": "refused", "field": "a@example.org", "after": "Your invoice"}
    return row(MAIL, "mails", **of | columns)


def test_a_mail_names_whom_it_is_for_and_what_became_of_it():
    plain, named = timeline(
        invoice(), [mail(text="550 unknown"), mail(row="Ann", id=2)], Reader(1)
    )
    assert said([plain, named]) == [
        "Mail to a@example.org: Your invoice",
        "Mail to Ann <a@example.org>: Your invoice",
    ]
    assert (plain.new.name, plain.comment) == ("refused", "550 unknown")


def test_a_mail_is_a_link_for_those_only_who_may_open_it():
    readers = Reader(1), Reader(1, mails="/mails/")
    found = [next(timeline(invoice(), [mail(id=7)], one)).url for one in readers]
    assert found == ["", "/mails/7/"]


@pytest.mark.parametrize(
    ("reader", "may"),
    [
        (Reader(1, may_note=True), (True, True)),
        (Reader(2, may_note=True), (True, False)),
        (Reader(1), (False, False)),
    ],
)
def test_who_may_note_pins_every_memo_and_changes_their_own(reader, may):
    (entry,) = timeline(invoice(), [row(MEMO, "memos", text="Call back")], reader)
    assert said([entry]) == ["Memo of Ada"]
    assert (entry.memo.may_pin, entry.memo.may_edit) == may


def test_a_memo_that_was_removed_is_its_author_s_to_put_back():
    gone = row(MEMO, "memos", text="Call back", removed=True)
    (entry,) = timeline(invoice(), [gone], Reader(1, may_note=True))
    assert said([entry]) == ["You removed a memo"]
    assert entry.memo.removed


def test_every_field_that_is_kept_has_a_name(all_tracked, all_administered):
    by_its_service = {"account", "anonymised_at", "password"}
    assert all_tracked | all_administered | by_its_service == FIELDS.keys()
    assert not (all_tracked | all_administered) & by_its_service


@pytest.fixture
def all_tracked():
    """Return the names of all fields the history keeps."""
    return named_by("tracked")


@pytest.fixture
def all_administered():
    """Return those of all fields that are kept of users, companies and options."""
    return named_by("administered")


def named_by(attribute):
    """Return the names of fields that any mapped class has in an attribute."""
    classes = [mapper.class_ for mapper in Base.registry.mappers]
    return {name for one in classes for name in getattr(one, attribute, ())}
