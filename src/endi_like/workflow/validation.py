"""Validation: what every document goes through before it counts.

  +------ reopen ------+
  v                    |
draft --- submit ---> wait --- invalidate ---> invalid
                       ^                          |
                       +--------- submit ---------+

draft, wait, invalid --- validate ---> valid, which nothing leaves

The moves are those of the reference, §2.2, as one table.
"""

from typing import Any

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Reached, State

is_valid = Reached("validation_status", "valid", _("It is not validated yet."))


def is_complete(node: Any) -> list[str]:
    """Refuse a document that says itself what it still lacks."""
    lacking: list[str] = node.lacking
    return lacking


VALIDATION = ActionManager(
    "validation_status",
    _("Validation"),
    states=(
        State(
            "draft",
            _("Draft"),
            "pencil",
            "mute",
            help=_("Not sent for validation yet."),
        ),
        State(
            "wait",
            _("Waiting for validation"),
            "hourglass-split",
            "wait",
            help=_("Its author has asked for validation."),
            held=True,
        ),
        State(
            "valid",
            _("Validated"),
            "check-circle-fill",
            "good",
            help=_("It has its number and cannot be changed any more."),
            locked=True,
        ),
        State(
            "invalid",
            _("Sent back"),
            "x-octagon-fill",
            "bad",
            help=_("Correct it, then ask for validation again."),
        ),
    ),
    actions=(
        Action(
            "submit",
            _("Ask for validation"),
            sources=("draft", "invalid"),
            target="wait",
            permission=Permission.SUBMIT,
            guards=(is_complete,),
            icon="send",
            tone="primary",
            help=_("Somebody who may validate will look at it."),
            done=_("It waits for validation."),
        ),
        Action(
            "reopen",
            _("Back to draft"),
            sources=("wait",),
            target="draft",
            permission=Permission.SUBMIT,
            icon="pencil",
            help=_("Take it back to change it."),
            done=_("It is a draft again."),
        ),
        Action(
            "invalidate",
            _("Send back"),
            sources=("wait",),
            target="invalid",
            permission=Permission.INVALIDATE,
            asks=("reason",),
            icon="arrow-return-left",
            tone="bad",
            help=_("Let its author correct it."),
            done=_("It is sent back to its author."),
        ),
        Action(
            "validate",
            _("Validate"),
            sources=("draft", "wait", "invalid"),
            target="valid",
            permission=Permission.VALIDATE,
            guards=(is_complete,),
            icon="check-lg",
            tone="primary",
            help=_("It gets its number and cannot be changed afterwards."),
            done=_("It is validated and has the number ${number}."),
        ),
    ),
)
