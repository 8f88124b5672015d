"""The form of an entity: all that is known of it on one page, saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from endi_like.forms.addresses import names_of
from endi_like.forms.contacts import EntitySchema, languages
from endi_like.forms.contacts.accounts import ACCOUNT_CLASSES
from endi_like.forms.contacts.reaching import OWN
from endi_like.forms.core import Form
from endi_like.forms.organisation import currencies
from endi_like.forms.widgets import tidy_rows
from endi_like.i18n import _
from endi_like.models.contacts import Entity
from endi_like.models.options import VatRate
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.resources.core import Collection
from endi_like.services import choices
from endi_like.services.beside import Signature
from endi_like.services.conflicts import name_of
from endi_like.services.contacts import accounts, approving, codes, knowing, writing
from endi_like.services.contacts.duplicates.asking import compare_later
from endi_like.services.contacts.values import values
from endi_like.services.organisation import founded
from endi_like.services.refusals import WrongValues
from endi_like.views.contacts import alike, offers
from endi_like.views.contacts.beware import Beware
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.sections import Sections

TEMPLATE = "endi_like:templates/contacts/entity_form.jinja2"
SOCIAL_WORKER = "social_worker"

SECTIONS = (
    (
        _("Who it is"),
        "",
        (
            "kind",
            "salutation",
            "first_name",
            "middle_name",
            "last_name",
            "legal_name",
            "trading_name",
            "country",
            "language",
            "stage",
            "confidential",
        ),
    ),
    (_("Telephone, e-mail, web"), "", ("elements",)),
    (
        _("Addresses"),
        _("Letters go to the account's address for bills, else to the contact's."),
        ("addresses",),
    ),
    (
        _("Accounts"),
        _("Somebody is a customer or a vendor of a company by an account there."),
        ("accounts",),
    ),
    (
        _("Numbers"),
        "",
        (
            "control_code",
            "birth_date",
            "personal_id",
            "tax_id",
            "vat_number",
            "licence_number",
            "sic_code",
        ),
    ),
    (_("Bank accounts"), "", ("bank_accounts",)),
    (
        _("Who works or lives there"),
        _("Persons of the directory, with what they do there."),
        ("people",),
    ),
    (
        _("Employments"),
        _("By the organisation itself; who comes back has several."),
        ("employments",),
    ),
    (_("Other names"), _("The contact is found by these too."), ("other_names",)),
    (
        _("Users"),
        _("Who logs in as this person. It gives them no right."),
        ("users",),
    ),
)


class EntityForm(Beware, Sections):
    """What the new and the edit form have in common."""

    schema = EntitySchema
    list_title = _("Contacts")
    sections: ClassVar = SECTIONS

    @property
    def entity(self) -> Entity | None:
        """Return the entity edited, if there is one."""
        return None

    @cached_property
    def known(self) -> frozenset[int]:
        """Return which of those the entity names the user may know of."""
        if self.entity is None:
            return frozenset()
        scope = self.collection.scope(self.request.identity)
        return knowing.known(self.request.db, scope, knowing.named_by(self.entity))

    def bindings(self) -> dict[str, Any]:
        """Return what the fields offer and ask."""
        request, db, entity = self.request, self.request.db, self.entity
        stored = list(entity.accounts) if entity else []
        names = knowing.names_of_named(entity, self.known) if entity else {}
        people = self.collection.__parent__["users"]
        users = {one.id: one.name for one in entity.users} if entity else {}
        may_link = request.has_permission(Permission.LIST, people)
        but = entity.id if entity else None
        return {
            "languages": offered_languages(entity),
            "companies": offered_companies(db, stored),
            "vat_rates": [
                (one.id, one.label)
                for one in choices.options(
                    db, VatRate, keep=[tax.id for one in stored for tax in one.taxes]
                )
            ],
            "accounts": [
                (str(one.id), one.number or one.company.name) for one in stored
            ],
            "persons": offers.persons(request, self.collection, names),
            "users": offers.users(request, people, users) if may_link else None,
            "confidential": SOCIAL_WORKER in request.identity.roles,
            "has_code": lambda code: codes.is_taken(db, code, but=but),
            "has_numbers": lambda keys, ids: accounts.taken_numbers(db, keys, ids),
        }

    def page(self, form: Form, **extra: Any) -> dict[str, Any]:
        """Name the accounts of the form where addresses and telephones choose one."""
        locale, own_currency = self.request.locale_name, self.request.currency
        own = accounts_of(form, self.request.translate)
        for name in ("addresses", "elements"):
            form[name].schema.children[0]["account"].options = (OWN, *own)
        suggested = {
            **offers.SUGGESTED,
            "countries": sorted(names_of(locale).values()),
            "currencies": [code for code, _name in currencies(locale, own_currency)],
        }
        asked = f"{self.request.resource_path(self.collection)}alike"
        but = self.entity.id if self.entity else ""
        shown = {"suggested": suggested, "asked": asked, "but": but, **extra}
        return super().page(form, **shown)

    def save(self, data: dict[str, Any]) -> Any:
        """Save it all, and tell of bank accounts that wait for a second person."""
        before = approving.waiting(self.entity) if self.entity else frozenset()
        target: Any = super().save(data)  # type: ignore[misc]
        by = Signature(self.request.identity.user_id, self.request.registry["clock"]())
        approving.tell_waiting(self.request.db, target.node, before, by)
        return target

    def write(self, entity: Entity, data: dict[str, Any]) -> None:
        """Write the values in the name of whoever is logged in."""
        if "users" in data:
            self.check_users(entity, [one["user_id"] for one in data["users"]])
        same = alike.unasked(self.collection, self.request, self.entity, data)
        self.ask(same, data, alike.QUESTION)
        writing.write(
            self.request.db,
            entity,
            data,
            actor_id=self.request.identity.user_id,
            known=self.known,
        )

    def check_users(self, entity: Entity, keys: Sequence[int]) -> None:
        """Raise ``WrongValues`` for users who are somebody else already."""
        taken = knowing.taken_users(self.request.db, keys, entity.id)
        if taken:
            said = {"name": name_of(self.request.db, taken[0])}
            sentence = _("“${name}” is another contact already.", mapping=said)
            raise WrongValues(users=sentence)


def offered_languages(entity: Entity | None) -> list[tuple[str, str]]:
    """Return the languages to choose from, and those the entity is written to in."""
    if entity is None:
        return languages()
    present = (entity.language, *(one.language for one in entity.accounts))
    return list(dict(pair for code in present for pair in languages(code)).items())


def offered_companies(db: Any, stored: Sequence[Any]) -> list[tuple[int, str]]:
    """Return the companies to choose from; those of the accounts stay."""
    found = {one.id: one.name for one in choices.companies(db)}
    for one in stored:
        found.setdefault(one.company_id, one.company.name)
    return list(found.items())


def accounts_of(form: Form, translate: Any) -> list[tuple[str, str]]:
    """Return the accounts that stand in a form, by key, as people tell them apart."""
    field = form["accounts"]
    names = dict(ACCOUNT_CLASSES)
    return [
        (
            one["key"] or one["id"],
            f"{translate(names.get(one['class'], ''))} {one['number']}".strip(),
        )
        for one in tidy_rows(field.cstruct, field.schema)
        if one["key"] or one["id"]
    ]


@form_view(
    context=Collection,
    holds=Entity,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddEntity(EntityForm, AddForm):
    """Enter somebody new."""

    title = _("New contact")
    saved = _("The contact is saved.")

    def appstruct(self) -> dict[str, Any]:
        """Open with the organisation's country and language, and what most have."""
        own = founded(self.request.db)
        return {
            "country": own.country,
            "language": own.language,
            "elements": [{"kind": "phone"}, {"kind": "email"}],
            "addresses": [{}],
        }

    def build(self, data: dict[str, Any]) -> Entity:
        """Return an entity of which it is said already who may add it."""
        return Entity(
            kind=data["kind"],
            name="",
            control_code="",
            confidential=data.get("confidential", False),
        )

    def store(self, item: Entity, data: dict[str, Any]) -> None:
        """Write the values into the new entity."""
        self.write(item, data)
        self.request.db.add(item)
        compare_later(self.request.db, item, self.request.registry["clock"]())


@form_view(
    context=EntityResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditEntity(EntityForm, ItemForm):
    """Change an entity; the history keeps what was."""

    title = _("Edit the contact")
    saved = _("The contact is saved.")

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        knowing.read_whole(request.db, context.node)

    @property
    def entity(self) -> Entity:
        """Return the entity."""
        entity: Entity = self.context.node
        return entity

    def appstruct(self) -> dict[str, Any]:
        """Open with the entity as it is."""
        return values(self.entity, self.known)

    def change(self, item: Entity, data: dict[str, Any]) -> None:
        """Write the values."""
        self.write(item, data)
        compare_later(self.request.db, item, self.request.registry["clock"]())
