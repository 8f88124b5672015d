"""What every page gets: the reader's language, the shell around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from babel import Locale
from markupsafe import Markup
from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.renderers import render
from pyramid.request import Request
from pyramid_jinja2 import EXTRAS_CONFIG_PHASE

from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission
from endi_like.principals import ROLES
from endi_like.resources.core import Root
from endi_like.services.notifications.reading import MOST_COUNTED, how_many_unread
from endi_like.templating import PAGE_SETTINGS, reader_values, use_ours
from endi_like.translation import Translator, translator

CURRENT = Markup(' aria-current="page"')
YEAR = 365 * 24 * 3600
MOST_MENUS = 500
SAVED = "saved"

HELP = (
    ("help", "help/workflows", "diagram-3", _("How documents move")),
    ("styleguide", "styleguide", "palette", _("Style guide")),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A link of a menu."""

    name: str
    url: str
    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class Section:
    """Links under one heading."""

    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Menus:
    """The menus of everybody with the same rights and language.

    ``drawn`` keeps what pages show of them, by template and by where one is.
    """

    language: str = ""
    sections: tuple[Section, ...] = ()
    new: tuple[Item, ...] = ()
    find: str = ""
    drawn: dict[tuple[str, str | None], Markup] = field(
        default_factory=dict, compare=False
    )

    def place(self, here: str) -> str | None:
        """Return where one is, if a menu leads there."""
        items = (item for section in self.sections for item in section.items)
        names = {*(item.name for item in items), *(name for name, *_ in HELP)}
        return here if here in names else None


class Shell:
    """What stands around a page; templates read it when they need it."""

    def __init__(self, request: Request, translate: Translator) -> None:
        self.request = request
        self.translate = translate
        self.home = f"{request.script_name}/"

    @cached_property
    def here(self) -> str:
        """Return the first part of the address: where one is."""
        return str(self.request.path_info.split("/", 2)[1])

    @cached_property
    def _menus(self) -> Menus:
        if self.request.identity is None:
            return Menus()
        known = self.request.registry["menus"]
        key = (
            self.translate.locale,
            self.home,
            self.request.authorization is None,  # an API token may be narrowed
            *self.request.identity.principals(),
        )
        if key not in known:
            if len(known) >= MOST_MENUS:
                known.clear()
            made = make_menus(self.request, self.home, self.translate)
            known[key] = next((one for one in known.values() if one == made), made)
        menus: Menus = known[key]
        return menus

    def drawn(self, template: str) -> Markup:
        """Draw a part of the shell that is the same for all with the same menus."""
        known = self._menus.drawn
        key = template, self._menus.place(self.here)
        if key not in known:
            name = f"endi_like:templates/{template}"
            drawn = render(name, {}, self.request)
            known[key] = Markup(drawn)  # noqa: S704  drawn with autoescape
        return known[key]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the side bar."""
        return self._menus.sections

    @property
    def new(self) -> tuple[Item, ...]:
        """Return what this user may write."""
        return self._menus.new

    @property
    def find(self) -> str:
        """Return the address that finds invoices, if this user may list them."""
        return self._menus.find

    @property
    def help(self) -> list[Item]:
        """Return the links at the bottom of the side bar."""
        return [
            Item(name, self.home + path, icon, self.translate(label))
            for name, path, icon, label in HELP
        ]

    @cached_property
    def user(self) -> dict[str, str] | None:
        """Return who is logged in, and where their own pages are."""
        identity = self.request.identity
        if identity is None:
            return None
        roles = [
            self.translate(label)
            for role, label in ROLES.items()
            if role in identity.roles
        ]
        return {
            "name": identity.name,
            "role": ", ".join(roles) or self.translate(_("member")),
            "account": f"{self.home}account",
            "log_out": f"{self.home}logout",
            "language": Locale.parse(self.translate.locale).get_display_name() or "",
        }

    @cached_property
    def bell(self) -> dict[str, Any]:
        """Return where one's notifications are, and how many are unread."""
        request, count = self.request, 0
        if request.access.unread:
            count = how_many_unread(request.db, request.identity)
        many = count >= MOST_COUNTED
        return {
            "url": f"{self.home}notifications/",
            "count": f"{MOST_COUNTED - 1}+" if many else str(count or ""),
            "label": self.translate(bell_label(count)),
        }

    def current(self, item: Item) -> Markup:
        """Return the mark of the link that leads where we are."""
        return CURRENT if self.here == item.name else Markup()

    @cached_property
    def _messages(self) -> list[tuple[str, str]]:
        return list(self.request.pop_flashes())

    @property
    def flashes(self) -> list[tuple[str, str]]:
        """Return what the page before left to say, once."""
        return [(tone, text) for tone, text in self._messages if tone != SAVED]

    @property
    def saved(self) -> str:
        """Return the key of the form that was just saved: its local draft may go."""
        return next((text for tone, text in self._messages if tone == SAVED), "")


def bell_label(count: int) -> str:
    """Return what the bell says to whoever does not see it."""
    if count == 0:
        return _("Notifications: nothing new")
    if count >= MOST_COUNTED:
        return _("Notifications: more than 99 unread")
    return ngettext(
        "Notifications: ${n} unread", "Notifications: ${n} unread ones", count
    )


def make_menus(request: Request, home: str, translate: Translator) -> Menus:
    """Return the menus, by what the user may list and add."""
    root = Root(request)
    entries = request.registry["menu"]

    def may(permission: Permission, name: str) -> bool:
        return bool(request.has_permission(permission, root[name]))

    listed = [entry for entry in entries if may(Permission.LIST, entry.name)]
    sections = tuple(
        Section(
            translate(label),
            tuple(
                Item(one.name, f"{home}{one.name}/", one.icon, translate(one.label))
                for one in group
            ),
        )
        for label, group in groupby(listed, lambda one: one.section)
    )
    new = tuple(
        Item(one.name, f"{home}{one.name}/add", one.icon, translate(one.new))
        for one in listed
        if one.new and may(Permission.ADD, one.name)
    )
    find = any(one.name == "invoices" for one in listed)
    everything = (work(home, translate), *sections)
    return Menus(translate.locale, everything, new, f"{home}invoices/" * find)


def work(home: str, translate: Translator) -> Section:
    """Return the first part of the side bar: what waits for me."""
    return Section("", (Item("", home, "inbox-fill", translate(_("My work"))),))


def translate(request: Request) -> Translator:
    """Return what says a text in this user's language: ``request.translate``."""
    return translator(request.locale_name)


def mark_saved(request: Request) -> None:
    """Have the next page tell the browser that this form's local draft may go."""
    request.flash(f"{request.identity.user_id}:{request.path}", SAVED)


def add_values(event: Any) -> None:
    """Give a template its reader's language and the shell."""
    request = event["request"]
    if request is None or not str(event["renderer_name"]).endswith(".jinja2"):
        return
    reader = reader_values(
        request.locale_name,
        time_zone=lambda: request.time_zone,
        prefix=request.script_name,
    )
    event.update(reader)
    event["shell"] = Shell(request, request.translate)


def render_as_all(config: Configurator) -> None:
    """Have the templates of pages be rendered as all our templates are."""
    use_ours(config.get_jinja2_environment())


def includeme(config: Configurator) -> None:
    """Set the templates up and publish the static files."""
    config.registry.setdefault("menu", [])
    config.registry["menus"] = {}
    config.add_settings(PAGE_SETTINGS)
    config.include("pyramid_jinja2")
    config.action(None, render_as_all, (config,), order=EXTRAS_CONFIG_PHASE)
    config.add_request_method(translate, reify=True)
    config.add_request_method(mark_saved)
    config.add_subscriber(add_values, BeforeRender)
    config.add_static_view("static", "endi_like:static", cache_max_age=YEAR)
