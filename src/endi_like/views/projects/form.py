"""The forms of projects, and of their phases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import colander
from pyramid.httpexceptions import HTTPForbidden
from pyramid.view import view_config

from endi_like.forms.projects import PhaseSchema, ProjectSchema
from endi_like.i18n import _
from endi_like.models.projects import Project
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.projects import PhaseResource, Phases, ProjectResource
from endi_like.services import projects
from endi_like.views.actions import finished, sent, text
from endi_like.views.conflicts import Conflict
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.projects import offers
from endi_like.views.sections import Sections

TEMPLATE = "endi_like:templates/layouts/sections.jinja2"


class OfCompany:
    """A form of what belongs to a company, chosen once, by whoever has several."""

    context: Any
    request: Any
    offered: list[Any]

    def several(self) -> list[tuple[int, str]]:
        """Return the companies to choose from; nothing where there is one only.

        A program may name the only one, and is told when it names another.
        """
        self.offered = self.companies()  # type: ignore[attr-defined]
        if not self.offered:
            raise HTTPForbidden(_("None of your companies is in use any more."))
        if not self.offered[1:] and not self.request.wants_json:
            return []
        return [(one.id, one.name) for one in self.offered]

    def only(self) -> int | None:
        """Return the only company there is to choose from, if there is one only."""
        return None if self.offered[1:] else self.offered[0].id

    def preset(self) -> dict[str, Any]:
        """Return the only company there is, as a value the form opens with."""
        only = self.only()
        return {} if only is None else {"company_id": only}

    def build(self, data: dict[str, Any]) -> Any:
        """Return an item of the company that was chosen, or is the only one."""
        company_id = data.get("company_id", self.offered[0].id)
        return self.context.item_class.model(company_id=company_id)


class ProjectForm(Sections):
    """What the new and the edit form have in common."""

    schema = ProjectSchema
    list_title = _("Projects")
    sections: ClassVar = (
        (
            _("What it is"),
            "",
            ("company_id", "code", "name", "start_date", "end_date", "definition"),
        ),
        (
            _("Customers"),
            _("Whom it is for: customers of the company."),
            ("customers",),
        ),
    )


@form_view(
    context=Collection,
    holds=Project,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddProject(OfCompany, ProjectForm, AddForm):
    """Begin a project."""

    title = _("New project")
    saved = _("The project is saved.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies, if there are several, and their customers."""
        several = self.several()
        collection = self.context.__parent__["customers"]
        found = offers.customers(self.request, collection, self.only())
        if self.only() is None:
            found = replace(found, along=("company", "company_id"))
        return {"companies": several, "customers": found}

    def appstruct(self) -> dict[str, Any]:
        """Open with a row for the customer most projects have."""
        return {"customers": [{}], **self.preset()}

    def store(self, item: Project, data: dict[str, Any]) -> None:
        """Write the values."""
        projects.write(self.request.db, item, data)
        self.request.db.add(item)


@form_view(
    context=ProjectResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditProject(ProjectForm, ItemForm):
    """Change a project; the history keeps what was."""

    title = _("Edit the project")

    def bindings(self) -> dict[str, Any]:
        """Offer the customers of the company; those chosen already stay."""
        project = self.context.node
        names = {one.id: one.title for one in project.customers}
        collection = self.collection.__parent__["customers"]
        found = offers.customers(self.request, collection, project.company_id, names)
        return {"customers": found}

    def appstruct(self) -> dict[str, Any]:
        """Open with the project as it is."""
        found = projects.values(self.context.node)
        return {k: colander.null if v is None else v for k, v in found.items()}

    def change(self, item: Project, data: dict[str, Any]) -> None:
        """Write the values."""
        projects.write(self.request.db, item, data)


class PhaseForm(ItemForm):
    """What naming a new phase and renaming one have in common."""

    schema = PhaseSchema


@form_view(context=Phases, name="add", permission=Permission.EDIT)
class AddPhase(PhaseForm):
    """Add a phase to a project."""

    title = _("New phase")
    saved = _("The phase is added.")

    def change(self, item: Project, data: dict[str, Any]) -> None:
        """Add it behind the others."""
        projects.add_phase(item, data["name"])

    def target(self) -> Any:
        """Return the project."""
        return self.context.__parent__

    def unsent(self, _form: Any) -> dict[str, Any]:
        """Take nothing for granted that a program does not send."""
        return {}

    def is_done(self, _form: Any, mine: dict[str, Any]) -> bool:
        """Tell whether the last phase is just this one, added by this user."""
        project = self.context.node
        me = self.request.identity.user_id
        last = project.phases[-1].name if project.phases else None
        return project.updated_by_id == me and last == mine["name"]

    def difference(self, form: Any, _mine: dict[str, Any]) -> Conflict:
        """Say who was faster; a new phase differs from nothing."""
        return super().difference(form, {})


@form_view(context=PhaseResource, name="edit", permission=Permission.EDIT)
class RenamePhase(PhaseForm):
    """Call a phase otherwise."""

    title = _("Rename the phase")
    saved = _("The phase is renamed.")

    def appstruct(self) -> dict[str, Any]:
        """Open with the name as it is."""
        return {"name": self.context.phase.name}

    def change(self, _item: Project, data: dict[str, Any]) -> None:
        """Write the name."""
        self.context.phase.name = data["name"]

    def target(self) -> Any:
        """Return the project."""
        return self.context.__parent__.__parent__


@view_config(
    context=PhaseResource,
    name="delete",
    request_method="POST",
    permission=Permission.EDIT,
)
def delete_phase(context: PhaseResource, request: Any) -> Any:
    """Take an empty phase away; the history keeps that it was there."""
    context.node.expect(text(sent(request), "version"))
    projects.remove_phase(request.db, context.phase)
    return finished(request, context.__parent__.__parent__, _("The phase is deleted."))
