"""The form of a document loads the catalogue, also where there is no script."""

from __future__ import annotations

from typing import Any, ClassVar

from endi_like.forms.core import FIND, Form, objection
from endi_like.forms.sales.loading import joined
from endi_like.forms.structure import parse
from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.views.catalogue import offers
from endi_like.views.sales.offers import root_of
from endi_like.workflow.errors import Refused

LOAD = "load"


class Loading:
    """A form of a document that loads lines; stands before the kind of form."""

    context: Any
    request: Any
    helping: ClassVar[tuple[str, ...]] = (FIND, LOAD)

    def task(self) -> Task | None:
        """Return the document edited, if there is one."""
        return None

    def only_company(self) -> int | None:
        """Return the company of a new document, where there is no choice."""
        return None

    @property
    def catalogue(self) -> Any:
        """Return the catalogues that the user may load from."""
        return root_of(self.context)["catalogue"]

    def known_company(self) -> int | None:
        """Return the company of the document, unless it is still to be chosen."""
        task = self.task()
        return task.company_id if task else self.only_company()

    def loader(self) -> dict[str, Any]:
        """Return what the template shows: the field that searches, and where."""
        if not self.request.has_permission(Permission.LIST, self.catalogue):
            return {"loader": None}
        company_id = self.known_company()
        return {
            "loader": offers.loader(self.request, self.catalogue, company_id),
            "catalogue_url": self.request.resource_path(self.catalogue),
        }

    def helped(self, form: Form) -> Form:
        """Return the form as it was sent, with what was asked for of the catalogue."""
        if self.request.POST.get("action") != LOAD:
            found: Form = super().helped(form)  # type: ignore[misc]
            return found
        structure = parse(self.request.POST.items())
        try:
            loaded = offers.asked_for(
                self.request,
                self.catalogue,
                self.known_company() or offers.company_posted(self.request),
            )
        except Refused as refusal:
            form.set_pstruct(structure)
            form.blame(objection(form.schema, refusal.args, {}))
            return form
        group = offers.as_typed(self.request, loaded)
        groups = joined(structure.get("groups"), group, is_group=loaded.is_group)
        form.set_pstruct({**structure, "groups": groups})
        return form
