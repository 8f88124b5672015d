"""What the style guide shows its components with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import ClassVar

from endi_like.i18n import _
from endi_like.services.timeline import Count
from endi_like.views.attached import Attached, Shown
from endi_like.views.history import Changed, Entry, Noted
from endi_like.views.progress import Step, Track
from endi_like.views.timeline import Shown as Past
from endi_like.views.timeline import Tab
from endi_like.workflow.payment import PAYMENT
from endi_like.workflow.validation import VALIDATION

ASKED = datetime(2026, 10, 30, 16, 45, tzinfo=UTC)
DECIDED = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
AUTHOR, MANAGER = "Claire Delmas", "Rolf Rompen"

DRAFT, WAIT = VALIDATION.states["draft"], VALIDATION.states["wait"]
VALID, INVALID = VALIDATION.states["valid"], VALIDATION.states["invalid"]


def stored(name: str, size: int, *, version: int = 1, who: str = "") -> SimpleNamespace:
    """Return a file that is kept nowhere."""
    return SimpleNamespace(
        name=name,
        size=size,
        version=version,
        description="",
        created_at=DECIDED,
        sha256="9f86d081884c7d65" * 4,
        who=who,
    )


class Examples:
    """Plain data of every shape the macros take."""

    tones: ClassVar = (
        ("info", _("To know:")),
        ("good", _("Done:")),
        ("wait", _("To look at:")),
        ("bad", _("Not possible:")),
    )
    day: ClassVar = date(2026, 11, 2)
    ht: ClassVar = Decimal("1947.50")
    tva: ClassVar = Decimal("382.89")
    ttc: ClassVar = Decimal("2330.39")
    rows: ClassVar = (
        ("Auto École Verte", Decimal("38.62"), Decimal("900")),
        ("ÖSHZ Kettenis", Decimal("61.38"), Decimal("1430.39")),
    )
    printouts: ClassVar = (stored("2026-11-0412.pdf", 86_016),)
    attached: ClassVar = Attached(
        files=[
            Shown(
                stored("Signed estimation.pdf", 212_000, version=2, who=AUTHOR),
                "#facts",
                "#facts",
                "filetype-pdf",
                may_remove=False,
                older=[
                    Shown(
                        stored("Signed estimation.pdf", 208_000, who=AUTHOR),
                        "#facts",
                        "#facts",
                        "filetype-pdf",
                        may_remove=False,
                    )
                ],
            )
        ],
        removed=[],
        url="#facts",
        most_mb=30,
        accept=".pdf",
        may_attach=False,
    )
    actions: ClassVar = (
        VALIDATION.actions["invalidate"],
        VALIDATION.actions["validate"],
    )
    tracks: ClassVar = (
        Track(
            VALIDATION.label,
            [
                Step(DRAFT.label, "check-lg", "done", False, AUTHOR, ASKED),
                Step(INVALID.label, INVALID.icon, "now bad", True, MANAGER, DECIDED),
                Step(VALID.label, "", "", False),
            ],
        ),
        Track(
            PAYMENT.label,
            [
                Step(state.label, icon, classes, now)
                for state, icon, classes, now in zip(
                    PAYMENT.states.values(),
                    ("check-lg", "circle-half", ""),
                    ("done", "now", ""),
                    (False, True, False),
                    strict=True,
                )
            ],
            alert=_("Late"),
        ),
    )
    timeline: ClassVar = Past(
        entries=[
            Entry(
                DECIDED,
                INVALID.icon,
                _(
                    "${who}: ${action}",
                    mapping={
                        "who": MANAGER,
                        "action": VALIDATION.actions["invalidate"].label,
                    },
                ),
                WAIT,
                INVALID,
                _("Eight hours, or six and a half?"),
            ),
            Entry(
                ASKED,
                "pencil-square",
                _("${who} changed it", mapping={"who": AUTHOR}),
                changes=[Changed(_("Quantity"), Decimal(8), Decimal("6.5"))],
            ),
        ],
        pinned=[
            Entry(
                ASKED,
                "chat-left-text",
                _("Memo of ${who}", mapping={"who": AUTHOR}),
                memo=Noted(
                    _("Eight hours, or six and a half?"),
                    "#past",
                    private=True,
                    pinned=True,
                ),
            )
        ],
        tabs=[
            Tab(_("All"), "#past", None, chosen=True),
            Tab(_("Status"), "#past", Count(1), chosen=False),
            Tab(_("Changes"), "#past", Count(1000, more=True), chosen=False),
        ],
        older="#past",
    )
