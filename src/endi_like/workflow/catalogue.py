"""What of a catalogue is offered: nothing else decides what documents may load."""

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Lifecycle, State

OFFERING = ActionManager(
    "offer_status",
    _("State in the catalogue"),
    states=(
        State(
            "offered",
            _("Offered"),
            "check-circle-fill",
            "good",
            help=_("It is found from the form of a document."),
        ),
        State(
            "archived",
            _("Archived"),
            "lock-fill",
            "closed",
            help=_("It stays as it is, and is not offered any more."),
            locked=True,
        ),
    ),
    actions=(
        Action(
            "archive",
            _("Archive"),
            sources=("offered",),
            target="archived",
            permission=Permission.ARCHIVE,
            icon="lock-fill",
            help=_("Documents that have it keep it; no other finds it any more."),
            done=_("It is archived: it is not offered any more."),
        ),
        Action(
            "unarchive",
            _("Take out of the archive"),
            sources=("archived",),
            target="offered",
            permission=Permission.ARCHIVE,
            icon="unlock-fill",
            help=_("It is offered again for documents."),
            done=_("It is offered again."),
        ),
    ),
)

CATALOGUE_ITEM = Lifecycle(OFFERING)
