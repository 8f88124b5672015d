"""The form that says how much of an estimation is done, and makes an invoice of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from endi_like.forms.core import Form, Press
from endi_like.forms.sales import ProgressSchema
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.permissions import Permission
from endi_like.resources.sales import EstimationResource
from endi_like.services import progress
from endi_like.services.invoicing import follow_made
from endi_like.services.sales import amounts_of_lines
from endi_like.views.forms import AddForm, form_view
from endi_like.views.sales.estimations import ask
from endi_like.views.sales.form import TEMPLATES
from endi_like.views.sales.offers import root_of
from endi_like.workflow.errors import Refused, WrongState

SEEN, REST = "seen", "rest"
BUTTONS = (
    Press(REST, _("Invoice all that is left"), "collection"),
    Press("save", _("Write this invoice"), "receipt"),
)


class Overtaken(Refused):
    """An invoice was written since the form was opened."""


@form_view(
    context=EstimationResource,
    name="progress",
    permission=Permission.ADD,
    renderer=f"{TEMPLATES}progress_form.jinja2",
)
class InvoiceByProgress(AddForm):
    """Write the draft of an invoice of what is done, line by line."""

    schema = ProgressSchema
    title = _("Invoice by progress")
    saved = _("This is the draft of the invoice.")

    @property
    def estimation(self) -> Estimation:
        """Return the estimation."""
        found: Estimation = self.context.node
        return found

    def bindings(self) -> dict[str, Any]:
        """Return what is left of each line, or say why nothing can be invoiced."""
        db = self.request.db
        ask(self.context, self.request)
        if reason := progress.is_open(db, self.estimation):
            raise WrongState(reason)
        self.so_far = progress.done(db, self.estimation)
        self.left = progress.left(db, self.estimation)
        return {
            "left": progress.of_lines(self.estimation, self.left),
            "groups": {
                group.id: [line.id for line in group.lines]
                for group in self.estimation.groups
            },
        }

    def hidden(self) -> dict[str, str]:
        """Add which invoice is the newest that the page knows of."""
        return {**super().hidden(), SEEN: self.newest()}

    def newest(self) -> str:
        """Return the id of the newest invoice of the estimation."""
        return str(max((one.id for one in self.estimation.living_invoices), default=0))

    def buttons(self) -> Sequence[Any]:
        """Offer to invoice all that is left, and what is typed."""
        return BUTTONS

    def appstruct(self) -> dict[str, Any]:
        """Open with nothing done since the last invoice."""
        return {
            "groups": [
                {"id": group.id, "lines": [{"id": line.id} for line in group.lines]}
                for group in self.estimation.groups
            ]
        }

    def unsent(self, _form: Any) -> dict[str, Any]:
        """Take nothing for granted that a program does not send."""
        return {"groups": []} if self.field("action") == REST else {}

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Return what the template shows: each line with what was invoiced of it."""
        return super().page(
            form,
            task=self.estimation,
            done=self.so_far,
            left=self.left,
            amounts=amounts_of_lines(self.estimation),
            leave_url=self.request.resource_path(self.context),
            **values,
        )

    def save(self, data: dict[str, Any]) -> Any:
        """Write the draft; refuse what was typed before another one was written."""
        if self.field(SEEN) not in (None, self.newest()):
            raise Overtaken(
                _("Another invoice was written meanwhile: look at what is left.")
            )
        now = (
            self.left
            if self.field("action") == REST
            else progress.chosen(self.estimation, data["groups"], self.left)
        )
        db, today = self.request.db, self.request.today
        draft = progress.invoice_progress(db, self.estimation, now, today)
        follow_made([draft], self.request.transitions)
        return root_of(self.context)["invoices"].wrap(draft)

    def refused(self, form: Form, data: dict[str, Any], refusal: Any) -> Any:
        """Show the form again, with what is left now."""
        found = super().refused(form, data, refusal)
        if isinstance(refusal, Overtaken):
            self.request.response.status_int = 409
        return found
