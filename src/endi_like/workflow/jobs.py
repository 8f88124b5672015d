"""The states of work in the background."""

from __future__ import annotations

from endi_like.i18n import _
from endi_like.workflow.core import State

STATES = {
    state.name: state
    for state in (
        State("waiting", _("Waiting"), "hourglass-split", "wait"),
        State("running", _("Running"), "arrow-repeat", "info"),
        State("done", _("Done"), "check-circle-fill", "good"),
        State("failed", _("Given up"), "exclamation-octagon-fill", "bad"),
    )
}
"""What becomes of a job; of a scheduled run as well."""
