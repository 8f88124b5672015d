"""What templates are given to speak to one reader."""

from __future__ import annotations

import gc
import re
import weakref
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup

from endi_like.i18n import _
from endi_like.templating import (
    PACKAGE,
    STATIC,
    assets,
    environment,
    reader_values,
    render,
    use_ours,
)
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.validation import VALIDATION

TEMPLATES = sorted((PACKAGE / "templates").rglob("*.jinja2"))
ICONS = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


def say(source: str, locale: str = "fr", **values: object) -> str:
    """Render a line of template for a reader in Brussels."""
    reader = reader_values(locale, time_zone=lambda: "Europe/Brussels")
    return environment().from_string(source).render({**reader, **values})


@pytest.mark.parametrize(
    ("filtered", "value", "said"),
    [
        ("amount", Decimal("-1848.005"), "−1\u00a0848,01"),
        ("quantity", Decimal("6.50000"), "6,5"),
        ("unit_price", Decimal("0.12345"), "0,12345"),
        ("percent", Decimal("5.50"), "5,5\u00a0%"),
        ("money('EUR')", Decimal("1630.39"), "1\u00a0630,39\u00a0€"),
        ("day", date(2026, 11, 20), "20/11/2026"),
        ("long_day", date(2026, 11, 20), "20 novembre 2026"),
        ("moment", datetime(2026, 11, 9, 9, 20, tzinfo=UTC), "9 nov., 10:20"),
        ("country", "BE", "Belgique"),
    ],
)
def test_a_filter_writes_for_the_reader(filtered, value, said):
    source = f"{{{{ value | {filtered} }}}}"
    written = say(source, value=value)
    assert written.replace("\u202f", "\u00a0") == said
    assert say(source, value=None) == ""


def test_what_a_template_calls_is_given_what_is_written_there():
    """Whatever stands around the call: a loop, a macro, a block."""
    source = (
        "{% macro twice(one) %}{{ told(one, again=one) }}{{ caller() }}{% endmacro %}"
        "{% block all %}{% for one in [1, 2] %}{% set at = loop.index %}"
        "{% call twice(one) %}{{ told(at) }};{% endcall %}{% endfor %}{% endblock %}"
    )
    written = say(source, told=lambda *words, **named: f"{words}{named}")
    assert unescape(written) == "(1,){'again': 1}(1,){};(2,){'again': 2}(2,){};"


def test_a_marked_text_is_translated_where_it_is_printed():
    text = _("${n} unheard-of rows", mapping={"n": 3})
    assert say("{{ text }}", text=text) == "3 unheard-of rows"
    assert (
        say('{{ _("${n} unheard-of rows", mapping={"n": 4}) }}') == "4 unheard-of rows"
    )


def test_a_marked_text_stays_one_when_it_is_written_for_the_reader():
    assert say("{{ text | written }}", text=_("yes")) == "oui"
    assert say("{{ text | written }}", text="yes") == "yes"


def test_templates_count():
    source = '{{ ngettext("${n} row", "${n} rows", n) }}'
    assert [say(source, n=n) for n in (1, 2)] == ["1 ligne", "2 lignes"]


def test_what_is_filled_into_a_text_is_escaped():
    shown = say('{{ _("Hello ${name}", mapping={"name": name}) }}', name="<b>Ada</b>")
    assert shown == "Hello &lt;b&gt;Ada&lt;/b&gt;"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('<Ada & "Bo\'s">', "&lt;Ada &amp; &quot;Bo&#x27;s&quot;&gt;"),
        ("Ada", "Ada"),
        (Markup("<b>Ada</b>"), "<b>Ada</b>"),
        (_("<b> ${n}", mapping={"n": "&"}), "&lt;b&gt; &amp;"),
        (["<"], "[&#39;&lt;&#39;]"),
        (Decimal("1.50"), "1.50"),
        (None, "None"),
    ],
)
@pytest.mark.parametrize(
    "source",
    [
        "{{ value }}",
        "{% macro one(value) %}{{ value }}{% endmacro %}{{ one(value) }}",
        "{% set said %}{{ value }}{% endset %}{{ said }}",
        "{% autoescape true %}{{ value }}{% endautoescape %}",
        "{{ value if value is not undefined }}{{ value if false }}",
    ],
)
def test_all_that_is_printed_is_escaped_once(source, value, shown):
    assert say(source, value=value) == shown


def test_nothing_is_escaped_where_a_template_says_so():
    assert say("{% autoescape false %}{{ value }}{% endautoescape %}", value="<") == "<"


def test_a_value_is_printed_by_one_call():
    source = environment().compile("{% if a %}{{ a }}{% endif %}", raw=True)
    assert "yield context.printed(" in source
    assert "escape(" not in source


def test_a_name_nobody_gave_is_an_error_and_not_a_blank():
    with pytest.raises(UndefinedError):
        say("{{ nobody_gave_this }}")


def test_an_asset_carries_a_digest_of_its_content():
    address = assets().url("css/endi.css")
    assert re.fullmatch(r"/static/css/endi\.css\?v=[0-9a-f]{10}", address)
    assert address != assets().url("css/print.css")
    assert assets("/below").url("css/endi.css") == "/below" + address


def test_a_misspelt_asset_fails_at_once():
    with pytest.raises(FileNotFoundError):
        assets().url("css/nothing.css")


def test_an_icon_is_decoration_for_those_who_listen():
    assert 'aria-hidden="true"' in assets().icon("check-lg")
    assert "icons.svg" in assets().icon("check-lg")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_a_template_names_is_in_the_sprite(path):
    named = set(re.findall(r'\bicon\(\s*"([a-z0-9-]+)"', path.read_text()))
    assert named <= ICONS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_is_well_formed(path):
    assert environment().parse(path.read_text()).body


def test_a_template_is_rendered_without_a_request():
    document = {"draft": False, "sender": {"name": "Endi Coop"}}
    html = render("layouts/print.jinja2", {"document": document}, "de")
    assert '<html lang="de">' in html
    assert "/static/css/print.css?v=" in html


def test_every_icon_of_a_machine_is_in_the_sprite():
    machines = (VALIDATION, PAYMENT, CLOSURE)
    named = {
        one.icon
        for machine in machines
        for one in (*machine.states.values(), *machine.actions.values())
    }
    assert named <= ICONS


class Shown:
    """Something a page is made of; a weak reference to it tells whether it is there."""


@pytest.fixture
def uncollected():
    """Have nothing collected meanwhile: what goes, goes because nobody holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    "text",
    [
        "{{ shown.name }}",
        "{% macro said(one) %}{{ shown }} {{ one }}{% endmacro %}{{ said(shown) }}",
        "{% from 'macros' import other with context %}{{ other() }}",
    ],
)
def test_what_a_template_was_given_goes_when_it_is_rendered(text):
    macros = "{% macro other() %}{{ shown }}{% endmacro %}"
    loader = DictLoader({"page": text, "macros": macros})
    made = Environment(loader=loader, autoescape=True)
    use_ours(made)
    shown = Shown()
    there = weakref.ref(shown)
    made.get_template("page").render(shown=shown)
    del shown
    assert there() is None
