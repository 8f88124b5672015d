"""The list of mails."""

from __future__ import annotations

from endi_like.grids.core import Grid
from endi_like.grids.parts import Choice, Column, Filter, Search, in_full
from endi_like.i18n import _
from endi_like.models.mail import OutgoingMail
from endi_like.services.mail.catalog import TEMPLATES
from endi_like.workflow.core import State
from endi_like.workflow.mail import STATES


def states(name: str) -> list[State]:
    """Return the state of a mail, as a list shows it."""
    return [STATES[name]]


class MailGrid(Grid):
    """Every mail, the newest first."""

    model = OutgoingMail
    title = _("Mail")
    default_sort = "-created"
    filters: tuple[Filter, ...] = (
        Search("q", _("Recipient"), OutgoingMail.search_key),
        Choice(
            "state",
            _("State"),
            {name: state.label for name, state in STATES.items()},
            lambda name: OutgoingMail.state == in_full(name),
        ),
        Choice(
            "template",
            _("Template"),
            {key: template.label for key, template in TEMPLATES.items()},
            lambda key: OutgoingMail.template == key,
        ),
    )
    views = (
        (_("All"), {}),
        *((STATES[name].label, {"state": name}) for name in STATES),
    )
    columns = (
        Column("subject", _("Subject"), (OutgoingMail.subject,), link=True),
        Column(
            "recipient",
            _("Recipient"),
            (OutgoingMail.recipient,),
            under=OutgoingMail.recipient_name,
            under_label=_("Name"),
        ),
        Column("state", _("State"), (OutgoingMail.state,), show=states, kind="states"),
        Column(
            "created",
            _("Written"),
            (OutgoingMail.created_at,),
            kind="moment",
            sort=OutgoingMail.id,
        ),
        Column("sent", _("Sent"), (OutgoingMail.sent_at,), kind="moment", wide=True),
    )
