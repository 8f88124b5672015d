"""The list of estimations."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_

from endi_like.grids.parts import Choice, Filter, Tick, in_full
from endi_like.grids.sales import invoiced
from endi_like.grids.sales.tasks import TASK, TaskGrid
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.services.invoiced import how_far
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.signature import SIGNATURE
from endi_like.workflow.validation import VALIDATION


def signed_condition(name: str) -> Any:
    """Match validated estimations in a state of signature, or still without answer."""
    if name == "open":
        wanted = Estimation.signed_status.in_([in_full("waiting"), in_full("sent")])
    else:
        wanted = Estimation.signed_status.in_([in_full(name)])
    return (TASK.validation_status == in_full("valid")) & wanted


class EstimationGrid(TaskGrid):
    """Every estimation the user may view."""

    model = Estimation
    title = _("Estimations")
    own_filters: ClassVar[tuple[Filter, ...]] = (
        Choice(
            "signed_status",
            SIGNATURE.label,
            {
                "open": _("Without an answer"),
                **{state.name: state.label for state in SIGNATURE.states.values()},
            },
            signed_condition,
        ),
        Choice(
            "invoiced",
            _("Invoicing"),
            {
                "open": _("Not all of it invoiced"),
                "none": _("Nothing invoiced"),
                "in_part": _("Invoiced in part"),
                "whole": _("Invoiced"),
            },
            invoiced.condition,
        ),
    )
    views = (
        (_("All"), {}),
        (_("To validate"), {"validation_status": "wait"}),
        (_("Without an answer"), {"signed_status": "open"}),
        (_("Expired"), {"late": "1"}),
        (_("Signed"), {"signed_status": "signed"}),
        (_("To be invoiced"), {"signed_status": "signed", "invoiced": "open"}),
        (_("Drafts"), {"validation_status": "draft"}),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        expired = partial(self.expired, today)
        label = _("Validity past, without an answer")
        self.filters = (*self.filters, Tick("late", label, expired))

    @staticmethod
    def expired(today: dt.date) -> ColumnElement[bool]:
        """Match estimations without an answer that are not valid any longer."""
        return and_(signed_condition("open"), Estimation.valid_until < today)

    @property
    def status_columns(self) -> tuple[Any, ...]:
        """Return what the states are said of."""
        invoices = TASK.due, invoiced.asked(), invoiced.is_closed()
        return TASK.validation_status, Estimation.signed_status, *invoices

    @staticmethod
    def states(_today: dt.date, validation: str, *of_kind: Any) -> list[State]:
        """Return the state that matters: once validated, the customer's answer.

        What is invoiced matters more than that.
        """
        if validation != "valid":
            return [VALIDATION.states[validation]]
        signed, due, asked, is_closed = of_kind
        found = how_far(due, asked, is_closed=is_closed)
        return [found or SIGNATURE.states[signed]]
