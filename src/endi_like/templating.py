"""What all our templates have in common: pages, forms, printed documents.

Texts are translated and values formatted for the reader whose ``locale`` and
``time_zone`` the template is given with ``reader_values``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import (
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    pass_context,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context
from markupsafe import Markup, escape
from translationstring import TranslationString

from endi_like import formats
from endi_like.text import escaped
from endi_like.translation import translator

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"


CONTEXTS = "_contexts"


class Direct(Context):
    """What a template knows; what it calls is called, and given nothing else.

    Jinja looks twice at each function whether it wants the context as well, which takes
    longer than most of them: ours are filters, which it has looked at already.
    """

    def __init__(
        self, environment: Environment, parent: dict[str, Any], *more: Any, **named: Any
    ) -> None:
        super().__init__(environment, parent, *more, **named)
        parent.get(CONTEXTS, []).append(self)

    def call(self, called: Callable[..., Any], /, *words: Any, **named: Any) -> Any:
        """Return what a function answers; the variables around it are not for it."""
        if named:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
        return called(*words, **named)

    def printed(self, value: Any) -> str:
        """Return what is printed of a value: marked texts translated, all escaped."""
        if isinstance(value, TranslationString):
            value = self["translate"](value)
        kind = type(value)
        if kind is str:
            return escaped(value)
        return value if kind is Markup else escape(value)


class Printing(CodeGenerator):
    """Writes templates that print a value by one call of ours, where Jinja has four.

    To finalize, to escape and to mark as escaped what is joined to the page at once
    takes longer than to work out most values.
    """

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if is_escaped(frame):
            self.write("context.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if is_escaped(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def is_escaped(frame: Frame) -> bool:
    """Tell whether a template is known to escape what it prints there."""
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile


class Passing(Template):
    """A template that lets go of what it was given as soon as it is rendered.

    Macros and what they know hold one another, and with it all that a page was made of:
    800 objects a page, which else lie there until the collector finds them.
    """

    def render(self, *values: Any, **named: Any) -> str:
        """Return the text."""
        contexts: list[Context] = []
        try:
            return super().render(*values, **named, **{CONTEXTS: contexts})
        finally:
            while contexts:
                contexts.pop().vars.clear()


@pass_context
def shown(context: Context, value: Any) -> Any:
    """Translate a marked text at the moment it is printed, whoever wrote it."""
    return (
        context["translate"](value) if isinstance(value, TranslationString) else value
    )


def for_reader(written: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that writes a value in the reader's language."""

    @pass_context
    def filtered(context: Context, value: Any, *options: Any) -> str:
        if value is None:
            return ""
        return written(value, context["locale"], *options)

    return filtered


@pass_context
def moment(context: Context, value: datetime | None, with_year: bool = False) -> str:
    """Write an instant as the organisation's clock showed it: ``9 Nov, 10:20``."""
    if value is None:
        return ""
    return formats.moment(value, context["locale"], context["time_zone"](), with_year)


def written(value: Any, locale: str) -> str:
    """Return a number or a date as the reader writes it, a text as it is.

    A marked text stays one: it is translated when it is printed.
    """
    if isinstance(value, Decimal):
        return formats.unit_price(value, locale)
    if isinstance(value, date):
        return formats.date_short(value, locale)
    return value if isinstance(value, TranslationString) else str(value)


def country_name(code: str, locale: str) -> str:
    """Return what a country is called: "Belgium" for "BE"."""
    return str(Locale.parse(locale).territories.get(code, code))


FILTERS = {
    "amount": for_reader(formats.amount),
    "country": for_reader(country_name),
    "day": for_reader(formats.date_short),
    "file_size": for_reader(formats.file_size),
    "iban": formats.iban,
    "long_day": for_reader(formats.date_long),
    "moment": moment,
    "money": for_reader(formats.with_currency),
    "month": for_reader(formats.month),
    "percent": for_reader(formats.percent),
    "quantity": for_reader(formats.quantity),
    "unit_price": for_reader(formats.unit_price),
    "written": for_reader(written),
}

PAGE_SETTINGS: Mapping[str, Any] = {
    "jinja2.filters": FILTERS,
    "jinja2.finalize": shown,
    "jinja2.i18n.domain": "endi_like",
    "jinja2.lstrip_blocks": True,
    "jinja2.trim_blocks": True,
    "jinja2.undefined": "strict",
}
"""How pyramid_jinja2 makes the environment of the pages."""


class Assets:
    """Addresses of the static files, each with a digest of its content.

    An address changes when its file does, so browsers may keep files for ever.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._icons: dict[str, Markup] = {}

    def url(self, path: str) -> str:
        """Return the address of a file: ``asset("css/endi.css")``."""
        return f"{self.prefix}/static/{path}?v={digest(path)}"

    def icon(self, name: str) -> Markup:
        """Return a decorative icon of the sprite: ``icon("check-lg")``."""
        if name not in self._icons:
            self._icons[name] = Markup(
                '<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>'
            ).format(self.url("icons.svg"), name)
        return self._icons[name]


@cache
def digest(path: str) -> str:
    """Return what tells two versions of a static file apart."""
    return sha256((STATIC / path).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=8)
def assets(prefix: str = "") -> Assets:
    """Return the addresses below the path the application is mounted at."""
    return Assets(prefix)


def reader_values(
    locale: str, *, time_zone: Callable[[], str], prefix: str = ""
) -> dict[str, Any]:
    """Return what a template needs to speak to one reader.

    ``time_zone`` is asked only by templates that show an instant.
    """
    translate = translator(locale)
    files = assets(prefix)
    return {
        "_": translate,
        "ngettext": translate.counted,
        "translate": translate,
        "locale": translate.locale,
        "time_zone": time_zone,
        "asset": files.url,
        "icon": files.icon,
    }


@cache
def environment() -> Environment:
    """Return the environment of what is rendered without a request: prints, mails.

    It finds templates under the names pages use, ``endi_like:templates/…``.
    """
    made = Environment(
        loader=PrefixLoader({"endi_like": FileSystemLoader(PACKAGE)}, delimiter=":"),
        autoescape=True,
        finalize=shown,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters.update(FILTERS)
    use_ours(made)
    return made


def use_ours(environment: Environment) -> None:
    """Have an environment make its templates and what they know of our classes."""
    environment.context_class, environment.template_class = Direct, Passing
    environment.code_generator_class = Printing


def render(
    template: str, values: Mapping[str, Any], locale: str, time_zone: str = "UTC"
) -> str:
    """Return a template as text in the given language: ``render("print/…", …)``."""
    found = environment().get_template(f"endi_like:templates/{template}")
    reader = reader_values(locale, time_zone=lambda: time_zone)
    return found.render({**reader, **values})
