"""What a company has invoiced on each day, counted on when a document is validated.

What is validated never changes again, neither its date nor its amounts: the turnover
of a day is only ever added to.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.models.turnover import DayTurnover
from endi_like.services.numbering import INSERTS
from endi_like.services.transitions import Effects, Transitions
from endi_like.workflow.core import Change

DAY = DayTurnover.__table__


def count(task: Task, _change: Change, transitions: Transitions) -> None:
    """Add what a document comes to before tax to the turnover of its day."""
    connection = transitions.db.connection()
    values = {"company_id": task.company_id, "date": task.date, "ht": task.ht}
    connection.execute(counting(connection.dialect.name), values)


@cache
def counting(dialect: str) -> Any:
    """Return the statement that begins a day, or adds to it; made once."""
    begun = INSERTS[dialect](DAY)
    return begun.on_conflict_do_update(
        index_elements=[DAY.c.company_id, DAY.c.date],
        set_={"ht": DAY.c.ht + begun.excluded.ht},
    )


EFFECTS: Effects = {
    (Invoice, "validate"): (count,),
    (CancelInvoice, "validate"): (count,),
}
