"""Deform with our own controls: strict parsing, our templates, errors with links.

A form is made per request, opened with values or validated, then drawn either whole
(``form.render()``) or part by part in a page of its own (``form.part("date")``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import colander
import deform
from markupsafe import Markup

from endi_like.forms.entry import Entry, quoted
from endi_like.forms.structure import BadStructure, parse
from endi_like.forms.widgets import Control, Fieldset, Rows, as_typed
from endi_like.i18n import _
from endi_like.templating import environment, reader_values

TEMPLATES = "endi_like:templates/"
ValidationFailure = deform.ValidationFailure
Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Press:
    """A submit button: what it does, how it looks; an ``Action`` serves as well.

    ``asks`` names what must be said along with it; the form then shows those boxes.
    """

    name: str
    label: str
    icon: str = ""
    tone: str = ""
    help: str = ""
    asks: tuple[str, ...] = ()


NAMING = ("description", "label", "title", "name")
FIND = "find"
"""The button of a search field where there is no script: find, save nothing."""

ASKED = {"reason": _("Reason"), "date": _("Date")}
SAVE = Press("save", _("Save"), "floppy")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value: where, how that is called, and the sentence."""

    path: Path
    title: Any
    sentence: Any

    @property
    def anchor(self) -> str:
        """Return the id of the control, for a link to it."""
        return "-".join(self.path)


def _no_zone() -> str:
    raise LookupError("a form shows no instants, so it knows no time zone")


class Renderer:
    """What Deform calls to draw a template, for a reader of one language."""

    def __init__(self, locale: str, prefix: str = "") -> None:
        self.values = reader_values(locale, time_zone=_no_zone, prefix=prefix)
        self.translate = self.values["translate"]

    def __call__(self, name: str, **values: Any) -> Markup:
        """Return ``templates/<name>.jinja2``, drawn."""
        template = environment().get_template(f"{TEMPLATES}{name}.jinja2")
        drawn = template.render(self.values, **values)
        return Markup(drawn)  # noqa: S704  # the environment escapes every value


class Form(deform.Form):
    """A form of ours; ``problems`` and ``summary`` tell what is wrong with it.

    ``draft_key`` names the copy that the browser keeps of what is typed: the path of
    the page and the user; without one, none is kept.
    """

    draft_key = ""

    def __init__(self, schema: Any, **settings: Any) -> None:
        super().__init__(schema, focus="off", **settings)
        self.problems: dict[str, list[Any]] = {}
        self.summary: list[Problem] = []
        self.widget = Fieldset(template="deform/form")
        for child in self.children:
            _prepare(child, child.name)

    def open(self, appstruct: Any = colander.null) -> Form:
        """Fill in values to edit; return the form itself."""
        self.set_appstruct(appstruct)
        return self

    def refill(self, controls: Iterable[tuple[Any, Any]]) -> Form:
        """Show again what was posted, unjudged; return the form itself."""
        self.set_pstruct(parse(controls))
        return self

    def validate(self, controls: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
        """Return the values that were posted.

        Raises ``ValidationFailure`` when some are wrong (the form then shows them with
        their errors), ``BadStructure`` when no form of ours sends such a thing: a list
        that is not there at all, say, which would be taken for an empty one.
        """
        pstruct = parse(controls)
        for child in self.schema.children:
            if isinstance(child.typ, colander.Sequence) and child.name not in pstruct:
                raise BadStructure(_("This form was not sent completely."))
        return self.validate_pstruct(pstruct)

    def validate_pstruct(self, pstruct: Any) -> dict[str, Any]:
        """Return the values of a structure that is parsed already."""
        try:
            return super().validate_pstruct(pstruct)
        except ValidationFailure as failure:
            self.blame(failure.error)
            raise

    def blame(self, error: colander.Invalid) -> None:
        """Show an error at the fields it names, also one found after validation."""
        self.error = error
        self.summary = list(problems(error, self.cstruct))
        for problem in self.summary:
            self.problems.setdefault(problem.anchor, []).append(problem.sentence)

    def part(self, name: str, span: str = "") -> Markup:
        """Draw one field with its label, hint and errors."""
        return self.part_of(self[name], span)

    def part_of(self, field: Any, span: str = "") -> Markup:
        """Draw a field given by itself, such as one of a nested mapping."""
        return self.renderer(
            "deform/item",
            field=field,
            span=span or getattr(field.schema, "span", "f12"),
            value=as_typed(field.cstruct),
            problems=self.problems.get(field.oid, ()),
        )

    def rows(self, name: str, **extra: Any) -> Markup:
        """Draw a table of repeated parts; ``extra`` goes to its template."""
        return self[name].serialize(**extra)

    def errors(self) -> Markup:
        """Draw the list of what is wrong, nothing when nothing is."""
        if not self.summary:
            return Markup("")
        return self.renderer("deform/summary", problems=self.summary)

    def unseen(self) -> Markup:
        """Draw the hidden values, token and version, and what Enter presses."""
        names = [button.name for button in self.buttons]
        usual = SAVE.name if SAVE.name in names else "".join(names[-1:])
        return self.renderer("deform/unseen", hidden=self.hidden, usual=usual)

    def bar(self) -> Markup:
        """Draw the submit buttons."""
        return self.renderer("deform/bar", buttons=self.buttons, asking=ASKED)


def _prepare(field: Any, oid: str) -> None:
    """Give a field and its parts our widgets, and ids that errors can link to."""
    field.oid = oid
    if field.schema.widget is None:
        field.widget = _widget_for(field.schema)
    for child in field.children:
        _prepare(child, f"{oid}-{child.name}")


def _widget_for(node: Any) -> Any:
    if isinstance(node, Entry):
        return Control()
    if isinstance(node.typ, colander.Sequence):
        return Rows(template=getattr(node, "template", Rows.template))
    return Fieldset()


def make_form(
    schema: Any,
    *,
    locale: str,
    buttons: Sequence[Any] = (SAVE,),
    action: str = "",
    hidden: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Form:
    """Return a form on a bound schema.

    ``hidden`` are the values that travel unseen (csrf_token, version), ``prefix`` is
    the path the application is mounted at.  The last button is the main one.
    """
    renderer = Renderer(locale, prefix)
    form = Form(schema, action=action, renderer=renderer)
    form.buttons = list(buttons)
    form.hidden = dict(hidden or {})
    return form


def objection(
    schema: Any, sentences: Sequence[Any], fields: Mapping[str, Any]
) -> colander.Invalid:
    """Return the error about values that cannot be saved, at the fields it names."""
    if not fields:
        return colander.Invalid(schema, list(sentences))
    error = colander.Invalid(schema)
    for name, sentence in fields.items():
        error[name] = sentence
    return error


def problems(error: colander.Invalid, cstruct: Any = None) -> Iterator[Problem]:
    """Yield each thing that is wrong, in the order of the form.

    A value in a row is called by its row too, as far as ``cstruct`` tells.
    """
    for path in error.paths():
        leaf = path[-1]
        steps = tuple(name for step in path if (name := _step(step)))
        title = _with_row(leaf.node.title, path, cstruct)
        for sentence in leaf.messages():
            yield Problem(steps, title, sentence)


def _with_row(title: Any, path: Sequence[colander.Invalid], cstruct: Any) -> Any:
    """Return the name of a field, after that of the row it is in."""
    rows = [depth for depth, step in enumerate(path[:-1]) if step.positional]
    if not rows:
        return title
    row = path[rows[-1]]
    called = _called(row, _value(cstruct, path[1 : rows[-1] + 1]))
    return _("${row}, ${field}", mapping={"row": called, "field": title})


def _step(error: colander.Invalid) -> str:
    return str(error.pos) if error.positional else str(error.node.name)


def _value(cstruct: Any, path: Sequence[colander.Invalid]) -> Any:
    """Return what was typed at a path, nothing where there is no such place."""
    for step in path:
        try:
            cstruct = cstruct[step.pos if step.positional else step.node.name]
        except (KeyError, IndexError, TypeError):
            return None
    return cstruct


def _called(error: colander.Invalid, row: Any) -> Any:
    """Return how people call a row: by its own words, else by its number."""
    words = [row.get(name) for name in NAMING] if isinstance(row, dict) else []
    told = next((word for word in words if word and isinstance(word, str)), None)
    part = error.node.title
    if told:
        return _("${part} “${name}”", mapping={"part": part, "name": quoted(told)})
    return _("${part} ${n}", mapping={"part": part, "n": (error.pos or 0) + 1})


def sentences(error: colander.Invalid, translate: Any) -> dict[str, list[str]]:
    """Return the errors for JSON: ``{"groups.0.lines.1.cost": ["…"]}``."""
    found: dict[str, list[str]] = {}
    for problem in problems(error):
        told = found.setdefault(".".join(problem.path), [])
        told.append(translate(problem.sentence))
    return found
