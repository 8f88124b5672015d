"""The forms of sales documents: new, edit, the totals that follow while one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import colander
from pyramid.httpexceptions import HTTPForbidden

from endi_like.forms.core import SAVE, Form, Press
from endi_like.forms.fields import Search
from endi_like.forms.live import live_totals
from endi_like.forms.sales.documents import TaskSchema
from endi_like.forms.structure import parse
from endi_like.grids.parts import LONGEST_ID
from endi_like.i18n import _
from endi_like.models.contacts import Customer
from endi_like.models.options import Mention, PaymentConditions, WorkUnit
from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.services import choices, origins
from endi_like.services.documents import as_kept, values, write
from endi_like.services.sales import document
from endi_like.views.actions import offered, run, text
from endi_like.views.conflicts import Conflict
from endi_like.views.forms import AddForm
from endi_like.views.items import ItemForm
from endi_like.views.projects import offers
from endi_like.views.sales.loading import Loading
from endi_like.views.sales.offers import pairs, rated, rates_for, root_of
from endi_like.workflow.errors import Refused
from endi_like.workflow.validation import VALIDATION

TEMPLATES = "endi_like:templates/sales/"
ASKED: Mapping[str, tuple[str, str, Callable[..., Any]]] = {
    "customers": ("customer", "account_id", choices.customer),
    "projects": ("project", "project_id", choices.open_project),
}
"""What an address may name that a new document is for: how, and where it goes."""
SAVE_DRAFT = Press("save", _("Save"), "floppy")


class TaskForm(Loading):
    """What the forms of all sales documents have in common."""

    context: Any
    request: Any

    def bindings(self) -> dict[str, Any]:
        """Return what the form offers; what the document has already stays offered."""
        db, task = self.request.db, self.task()
        self.rates = rates_for(db, task)
        self.conditions = choices.options(
            db, PaymentConditions, keep=[task.payment_conditions_id if task else None]
        )
        mentions = [one.id for one in task.mentions] if task else []
        return {
            "customers": self.customers(task.company_id if task else None, task),
            "vat_rates": rated(self.rates),
            "conditions": pairs(self.conditions),
            "mentions": pairs(choices.options(db, Mention, keep=mentions)),
            "units": [one.label for one in choices.options(db, WorkUnit)],
            "companies": [],
            **self.places(task.company_id if task else None, task),
            "deductions": document(task).deductions if task else (),
            "kept_customer": self.kept_customer(task),
        }

    def kept_customer(self, task: Task | None) -> tuple[int, str, str] | None:
        """Return the customer of what was made of something, and why it stays."""
        if task is None or not (reason := origins.kept_customer(task)):
            return None
        return task.account_id, task.account.title, reason

    def places(self, company_id: int | None, task: Task | None) -> dict[str, Search]:
        """Return the searches among the projects and phases the user may choose."""
        projects = root_of(self.context)["projects"]
        keep = task.project if task else None
        return {
            "projects": offers.projects(self.request, projects, company_id, keep),
            "phases": offers.phases(self.request, projects, keep),
        }

    def page(self, form: Form, **extra: Any) -> dict[str, Any]:
        """Return what the template shows, with the totals of what is in the form."""
        request = self.request
        base = request.resource_path(self.context)
        shown = {
            "totals": live_totals(
                form.schema, form.cstruct, request.locale_name, request.translate
            ),
            "totals_url": f"{base}totals",
            "leave_url": base,
            **self.loader(),
        }
        found: dict[str, Any] = super().page(form, **shown, **extra)  # type: ignore[misc]
        return found

    def customers(self, company_id: int | None, task: Task | None = None) -> Search:
        """Return the search among the customers the user may choose."""
        db, keep = self.request.db, task.account_id if task else None
        collection = root_of(self.context)["customers"]
        scope = collection.scope(self.request.identity)

        @cache  # what was checked is there when it is stored
        def customer(key: int) -> Customer | None:
            return choices.customer(db, scope, key, keep=keep)

        def label(key: int) -> str | None:
            found = customer(key)
            if found is None or company_id not in (None, found.company_id):
                return None
            return found.title

        def likely() -> list[tuple[int, str]]:
            typed = text(self.request.POST, "find.account_id")
            found = choices.customers(db, scope, typed, company_id)
            return [(one.id, one.title) for one in found]

        query = f"?company={company_id}" if company_id else ""
        url = f"{self.request.script_name}/customers/find{query}"
        return Search(url, label, likely)


class AddTask(TaskForm, AddForm):
    """Write a new document of the kind that the collection holds."""

    saved = _("The draft is saved.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies the user may write for, if there are several.

        A program may name the only one, and is told when it names another.
        """
        self.offered = self.companies()
        found = super().bindings()
        if len(self.offered) > 1 or self.request.wants_json:
            found["companies"] = [(one.id, one.name) for one in self.offered]
        if len(self.offered) > 1:
            for name in ("customers", "projects"):
                found[name] = replace(found[name], along=("company", "company_id"))
        elif self.offered:
            only = self.offered[0].id
            found |= {"customers": self.customers(only), **self.places(only, None)}
        return found

    def only_company(self) -> int | None:
        """Return the only company there is to write for, if there is one only."""
        return self.offered[0].id if len(self.offered) == 1 else None

    def buttons(self) -> Sequence[Any]:
        """Save, and move on to what the user may in a company that is offered."""
        actions = VALIDATION.actions["submit"], VALIDATION.actions["validate"]
        return (
            *(saving(one) for one in actions if self.may_somewhere(one.permission)),
            SAVE_DRAFT,
        )

    def may_somewhere(self, permission: Permission) -> bool:
        """Tell whether the user holds it on documents of a company that is offered.

        Which company it is, and what it comes to, is known when the form is sent.
        """
        ids = self.context.companies(self.request.identity, permission)
        return ids is None or any(one.id in ids for one in self.offered)

    def appstruct(self) -> dict[str, Any]:
        """Open with today, the preset options and one empty line."""
        empty = {"description": "", "vat_id": choices.preset(self.rates)}
        only = [one.id for one in self.offered]
        return {
            "date": self.request.today,
            "display_units": True,
            "payment_conditions_id": choices.preset(self.conditions) or colander.null,
            "groups": [{"title": "", "description": "", "lines": [empty]}],
            **({"company_id": only[0]} if len(only) == 1 else {}),
            **self.chosen(),
        }

    def chosen(self) -> dict[str, int]:
        """Return the customer, or the project, whose page one comes from."""
        return {**self.asked("projects"), **self.asked("customers")}

    def asked(self, name: str) -> dict[str, int]:
        """Return what of a collection the address names, and the company of it."""
        parameter, field, find = ASKED[name]
        key = text(self.request.GET, parameter)
        if not (key.isascii() and key.isdecimal() and len(key) < LONGEST_ID):
            return {}
        scope = root_of(self.context)[name].scope(self.request.identity)
        found = find(self.request.db, scope, int(key))
        if found is None or found.company_id not in [one.id for one in self.offered]:
            return {}
        return {field: found.id, "company_id": found.company_id}

    def build(self, data: dict[str, Any]) -> Task:
        """Return a draft of the company that was chosen, or is the only one."""
        company_id = data.get("company_id")
        if company_id is None:
            if not self.offered:
                raise HTTPForbidden
            company_id = self.offered[0].id
        kind: type[Task] = self.context.item_class.model
        return kind(company_id=company_id)

    def store(self, item: Task, data: dict[str, Any]) -> None:
        """Write the values, then move on if that was the button."""
        db = self.request.db
        with db.no_autoflush:
            write(db, item, data)
        if item.account.company_id != item.company_id:
            raise Refused(_("This customer belongs to another company."))
        db.add(item)
        db.flush()
        move(self, self.context.wrap(item))


class EditTask(TaskForm, ItemForm):
    """Change a document that is not locked."""

    def task(self) -> Task:
        """Return the document."""
        task: Task = self.context.node
        return task

    def buttons(self) -> Sequence[Any]:
        """Offer every action of now as "save and …", and plain saving."""
        return (
            *(saving(one) for one in offered(self.request, self.context)),
            SAVE_DRAFT,
        )

    def appstruct(self) -> dict[str, Any]:
        """Open with the document as it is."""
        found = values(self.context.node)
        return {k: colander.null if v is None else v for k, v in found.items()}

    def difference(self, form: Form, mine: dict[str, Any]) -> Conflict:
        """Compare what would be kept with what is."""
        kept = as_kept(self.request.db, mine) if mine else mine
        return super().difference(form, kept)

    def change(self, item: Task, data: dict[str, Any]) -> None:
        """Write the values, then move on if that was the button."""
        write(self.request.db, item, data)
        self.request.db.flush()
        move(self, self.context)


def saving(action: Any) -> Press:
    """Return the button that saves and then runs an action."""
    return Press(
        action.name,
        _("Save, then: ${action}", mapping={"action": action.label}),
        action.icon,
        action.tone,
        action.help,
        action.asks,
    )


def move(view: Any, resource: Any) -> None:
    """Run the action of the button pressed, and say so, unless it was plain saving."""
    name = view.field("action") or SAVE.name
    if name != SAVE.name:
        reason = view.field(f"{name}.reason") or view.field("reason") or ""
        view.saved = run(view.request, resource, name, reason).said(resource.node)


def counted(context: Any, request: Any, schema: type[TaskSchema]) -> Any:
    """Return the totals of what is typed so far; nothing is stored."""
    request.tm.doom()
    task = getattr(context, "node", None)
    bound = schema().bind(
        locale=request.locale_name,
        vat_rates=rated(rates_for(request.db, task)),
        customers=Search("", lambda _key: None),
        deductions=document(task).deductions if task else (),
    )
    structure = parse(request.POST.items())
    return live_totals(bound, structure, request.locale_name, request.translate)
