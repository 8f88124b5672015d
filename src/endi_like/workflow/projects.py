"""Projects and businesses: what is archived, and which deals are done.

A project is archived by decision.  A business is never closed by anybody: it is closed
once everything is invoiced and settled, by actions that no form can reach.
"""

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Lifecycle, State

ARCHIVING = ActionManager(
    "archive_status",
    _("State of the project"),
    states=(
        State(
            "open",
            _("Open"),
            "folder2",
            "good",
            help=_("Documents are written for it."),
        ),
        State(
            "archived",
            _("Archived"),
            "lock-fill",
            "closed",
            help=_("It stays as it is: nothing new is written for it."),
            locked=True,
        ),
    ),
    actions=(
        Action(
            "archive",
            _("Archive"),
            sources=("open",),
            target="archived",
            permission=Permission.ARCHIVE,
            icon="lock-fill",
            help=_("Nothing new is written for it, and it is not offered any more."),
            done=_("It is archived: nothing new is written for it."),
        ),
        Action(
            "unarchive",
            _("Take out of the archive"),
            sources=("archived",),
            target="open",
            permission=Permission.ARCHIVE,
            icon="unlock-fill",
            help=_("It is offered again for new documents."),
            done=_("It is open again."),
        ),
    ),
)

DEAL = ActionManager(
    "business_status",
    _("State of the business"),
    states=(
        State(
            "open",
            _("Open"),
            "circle-half",
            "part",
            help=_("Something is still to be invoiced or paid."),
        ),
        State(
            "closed",
            _("Closed"),
            "check-circle-fill",
            "good",
            help=_("Everything is invoiced, and every invoice is settled."),
        ),
    ),
    actions=(
        Action(
            "conclude",
            _("Count as closed"),
            sources=("open",),
            target="closed",
            permission=Permission.AUTOMATIC,
            icon="check-circle",
            done=_("Everything is invoiced and settled: it is closed."),
        ),
        Action(
            "resume",
            _("Count as open"),
            sources=("closed",),
            target="open",
            permission=Permission.AUTOMATIC,
            icon="circle-half",
            done=_("Something is to be invoiced or paid again: it is open."),
        ),
    ),
)

PROJECT = Lifecycle(ARCHIVING)
BUSINESS = Lifecycle(DEAL)

FOLLOWING = {action.target: action.name for action in DEAL.actions.values()}
"""The automatic action that leads to each state of a business."""
