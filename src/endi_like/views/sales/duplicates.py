"""A document is written again: at once, or for somebody else or somewhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import colander
from pyramid.view import view_config

from endi_like.forms.core import Press
from endi_like.forms.sales import DuplicateSchema
from endi_like.i18n import _
from endi_like.models.projects import Project
from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.resources.sales import (
    EstimationResource,
    InvoiceResource,
    TaskResource,
)
from endi_like.services import choices
from endi_like.services.duplicating import duplicated, is_duplicable
from endi_like.views import once
from endi_like.views.actions import finished
from endi_like.views.forms import AddForm, form_view
from endi_like.views.projects import offers
from endi_like.views.sales.offers import above_form, root_of
from endi_like.workflow.errors import Refused

DONE = _("This is the copy, a new draft of today.")


@view_config(
    context=InvoiceResource,
    name="duplicate",
    request_method="POST",
    permission=Permission.ADD,
)
@view_config(
    context=EstimationResource,
    name="duplicate",
    request_method="POST",
    permission=Permission.ADD,
)
def duplicate(context: TaskResource, request: Any) -> Any:
    """Write the same again as a new draft of today, once by each page."""
    if found := once.made_before(request):
        return found
    copy = duplicated(request.db, context.node, request.today)
    made = context.__parent__.wrap(copy)
    once.remember(request, made)
    return finished(request, made, DONE)


@form_view(context=InvoiceResource, name="duplicate-to", permission=Permission.ADD)
@form_view(context=EstimationResource, name="duplicate-to", permission=Permission.ADD)
class DuplicateTo(AddForm):
    """Write the same again for another customer of the company, or another project."""

    schema = DuplicateSchema
    title = _("Duplicate for another customer or project")
    saved = DONE

    @property
    def task(self) -> Task:
        """Return the document."""
        found: Task = self.context.node
        return found

    def show(self) -> Any:
        """Show the form of what can be written again."""
        if reason := is_duplicable(self.task):
            raise Refused(reason)
        return super().show()

    def above(self) -> Sequence[tuple[str, str]]:
        """Return the document it is about."""
        return above_form(self.request, self.context)

    def buttons(self) -> Any:
        """Say what saving does."""
        return (Press("save", _("Duplicate"), "copy"),)

    def bindings(self) -> dict[str, Any]:
        """Offer what is of the company; what is not is refused with a sentence."""
        request, root, company = (
            self.request,
            root_of(self.context),
            self.task.company_id,
        )
        customers, projects = root["customers"], root["projects"]
        seen = projects.scope(request.identity)
        return {
            "customers": replace(
                offers.customers(request, customers, company),
                label=offers.customers(request, customers, None).label,
            ),
            "projects": replace(
                offers.projects(request, projects, company),
                label=lambda key: choices.title(request.db, Project, key, [seen]),
            ),
            "phases": offers.phases(request, projects, self.task.project),
        }

    def appstruct(self) -> dict[str, Any]:
        """Open with where the document is, as far as something new may be there."""
        task = self.task
        is_open = task.project is not None and not task.project.is_archived
        return {
            "account_id": task.account_id if task.account.active else colander.null,
            "project_id": task.project_id if is_open else colander.null,
            "phase_id": task.phase_id if is_open and task.phase_id else colander.null,
        }

    def unsent(self, _form: Any) -> dict[str, Any]:
        """Take nothing for granted that a program does not send."""
        return {}

    def save(self, data: dict[str, Any]) -> Any:
        """Write the copy."""
        db, today = self.request.db, self.request.today
        return self.context.__parent__.wrap(duplicated(db, self.task, today, data))
