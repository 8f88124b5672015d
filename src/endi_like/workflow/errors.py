"""Why an action that was asked for did not happen."""

from endi_like.i18n import _

OUTDATED = _("It has changed since your page was opened.")


class ActionError(Exception):
    """What was asked for did not happen; the arguments are sentences saying why."""


class UnknownAction(ActionError):
    """No action of this document has that name."""


class WrongState(ActionError):
    """The document is not in a state this action starts from."""


class NotPermitted(ActionError):
    """The actor lacks the permission the action names."""


class Refused(ActionError):
    """A guard objects, or a reason is missing."""


class Stale(ActionError):
    """Somebody has changed the document since the actor looked at it."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*(reasons or (OUTDATED,)))


class Done(Stale):
    """The actor has done exactly this already."""
