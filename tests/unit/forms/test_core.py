import colander
import pytest
from bs4 import BeautifulSoup

from endi_like.forms.core import Press, ValidationFailure, make_form, sentences
from endi_like.forms.fields import (
    Choice,
    Choices,
    Count,
    Flag,
    Line,
    Parts,
    Picked,
    Schema,
    Search,
    Secret,
    Sequence,
    Text,
)
from endi_like.forms.structure import BadStructure
from endi_like.translation import translator
from tests.unit.forms.pages import controls


class Right(Schema):
    id = Count(low=1, missing=None, control="hidden")
    who = Line(title="Who")
    role = Choice((("a", "Admin"), ("b", "Boss")), title="Role")
    active = Flag(title="Active")


class Rights(Parts):
    schema_type = Sequence
    right = Right(title="Right")


class Account(Schema):
    login = Line(title="Log-in name", description="Letters and figures")
    password = Secret(title="Password", missing=None)
    note = Text(title="Note", missing="")
    home = Picked("towns", title="Town", missing=None)
    interests = Choices((("x", "Excel"), ("y", "Yoga")), title="Interests")
    rights = Rights(title="Rights", missing=())


TOWNS = {3: "Eupen", 4: "Liège"}


def form(**settings):
    towns = Search("/towns", TOWNS.get)
    return make_form(Account().bind(locale="en", towns=towns), locale="en", **settings)


def page(html):
    return BeautifulSoup(str(html), "html.parser")


VALUES = {
    "login": "<ann> & \"co'",
    "password": "secret-1",
    "note": "one\ntwo",
    "home": 4,
    "interests": ["y"],
    "rights": [
        {"id": 1, "who": "Ann", "role": "b", "active": True},
        {"id": None, "who": "Bob", "role": "a", "active": False},
    ],
}


def test_what_is_shown_comes_back_unchanged():
    shown = form().open(VALUES).render()

    assert form().validate(controls(shown)) == {**VALUES, "password": None}


def test_a_secret_is_never_shown():
    assert "secret-1" not in form().open(VALUES).render()


def test_hostile_text_is_shown_as_text():
    html = str(form().open({"login": '"><script>alert(1)</script>'}).render())

    assert "<script" not in html
    assert page(html).select_one("#login")["value"] == '"><script>alert(1)</script>'


def test_nothing_in_a_form_is_inline_code_or_style():
    drawn = page(
        form(buttons=(Press("a", "A", asks=("reason",)),)).open(VALUES).render()
    )

    for element in drawn.find_all():
        assert "style" not in element.attrs
        assert not [name for name in element.attrs if name.startswith("on")]
    assert not drawn.select("script, style")


def test_only_the_named_buttons_submit():
    buttons = (Press("save", "Save"), Press("submit", "Ask"))
    drawn = page(form(buttons=buttons).open(VALUES).render())

    submits = drawn.select("button:not([type=button], [hidden], noscript *)")

    assert [one["value"] for one in submits] == ["save", "submit"]
    assert [one["value"] for one in drawn.select("[data-main]")] == ["submit"]
    assert len(drawn.select("button[type=button]")) > 4


def test_enter_in_a_field_only_saves():
    """A browser presses the first button that submits."""
    buttons = (Press("submit", "Ask"), Press("save", "Save"))

    first = page(form(buttons=buttons).render()).select_one("button[type=submit]")

    assert first["value"] == "save"


def test_a_button_that_asks_brings_its_question():
    drawn = page(form(buttons=(Press("refuse", "Refuse", asks=("reason",)),)).render())

    box = drawn.select_one("details")
    assert box.select_one("label").text == "Reason"
    assert box.select_one("textarea")["name"] == "refuse.reason"
    assert box.select_one("button")["value"] == "refuse"


def test_a_form_offers_its_local_draft_only_with_a_key():
    drawn = form().open(VALUES)
    assert "data-draft-offer" not in drawn.render()

    drawn.draft_key = "5:/rights/add"
    shown = page(drawn.render())
    assert shown.form["data-draft-key"] == "5:/rights/add"
    assert shown.select_one("[data-draft-offer]").has_attr("hidden")


def test_hidden_values_travel_with_the_form():
    shown = form(hidden={"csrf_token": "abc", "version": "3"}).render()

    assert controls(shown)[:2] == [("csrf_token", "abc"), ("version", "3")]


def test_every_control_has_a_name_to_be_called_by():
    drawn = page(form().open(VALUES).render())
    labelled = {label["for"] for label in drawn.select("label[for]")}

    for control in drawn.select("input:not([type=hidden]), select, textarea"):
        assert control.get("aria-label") or control["id"] in labelled


START, END = "__start__", "__end__"


def failed(pairs):
    drawn = form()
    if not any("rights" in (name, value.partition(":")[0]) for name, value in pairs):
        pairs = [*pairs, (START, "rights:sequence"), (END, "rights:sequence")]
    with pytest.raises(ValidationFailure):
        drawn.validate(pairs)
    return drawn


def test_an_error_is_said_at_its_field_and_linked_from_the_top():
    drawn = page(failed([("login", " "), ("home", "9")]).render())

    links = drawn.select(".err-summary a")
    assert [link.text for link in links] == [
        "Log-in name: Please fill this in.",
        "Town: “9” cannot be chosen here.",
    ]
    assert "2 fields" in drawn.select_one(".err-summary h2").text
    for link in links:
        control = drawn.select_one(link["href"])
        assert control["aria-invalid"] == "true"
        told = [drawn.find(id=id).text for id in control["aria-describedby"].split()]
        assert link.text.partition(": ")[2] in " ".join(told)


def test_the_hint_of_a_field_is_read_with_it():
    drawn = page(form().render())

    assert drawn.select_one("#login")["aria-describedby"] == "login-hint"
    assert drawn.select_one("#login-hint").text == "Letters and figures"


def test_an_error_in_a_row_names_the_row():
    bad = {**VALUES, "rights": [VALUES["rights"][0], {"who": "", "role": "b"}]}
    drawn = failed(controls(form().open(bad).render()))

    (problem,) = drawn.summary
    assert translator("en")(problem.title) == "Right 2, Who"
    assert problem.anchor == "rights-1-who"
    assert page(drawn.render()).select_one("#rights-1-who")["aria-invalid"] == "true"


def test_what_was_typed_wrongly_stays_in_the_form():
    drawn = page(failed([("login", "x" * 300), ("note", "kept")]).render())

    assert drawn.select_one("#login")["value"] == "x" * 300
    assert drawn.select_one("#note").text.strip() == "kept"


@pytest.mark.parametrize(
    "pairs",
    [
        [("rights", "text")],
        [(START, "rights:mapping"), ("who", "x"), (END, "rights:mapping")],
        [(START, "rights:sequence"), ("right", "x"), (END, "rights:sequence")],
        [(START, "login:sequence"), ("x", "y"), (END, "login:sequence")],
        [(START, "login:mapping"), ("x", "y"), (END, "login:mapping")],
        [("interests", "x")],
        [(START, "interests:mapping"), ("x", "y"), (END, "interests:mapping")],
        [
            *[(START, "rights:sequence"), (START, "right:mapping")],
            *[(START, "who:sequence"), ("a", "b"), (END, "who:sequence")],
            *[(END, "right:mapping"), (END, "rights:sequence")],
        ],
    ],
)
def test_a_wrong_structure_is_an_error_on_the_page_never_a_crash(pairs):
    assert "err-summary" in failed(pairs).render()


def test_a_list_that_is_not_there_at_all_is_not_taken_for_an_empty_one():
    with pytest.raises(BadStructure):
        form().validate([("login", "a")])


def test_I12_a_doubled_field_is_refused():
    with pytest.raises(BadStructure):
        form().validate([("login", "a"), ("login", "b")])


def test_an_error_found_later_is_shown_all_the_same():
    drawn = form().open(VALUES)
    drawn.blame(colander.Invalid(drawn.schema, ["Somebody has that name."]))

    summary = page(drawn.render()).select_one(".err-summary")
    assert summary.li.text == "Somebody has that name."
    assert not summary.select("a")


def test_errors_for_json_are_named_by_path():
    drawn = failed([("home", "9")])

    assert sentences(drawn.error, translator("en")) == {
        "login": ["Please fill this in."],
        "home": ["“9” cannot be chosen here."],
    }


def test_a_combobox_offers_what_is_chosen_though_it_is_not_likely():
    drawn = page(form().open(VALUES).render())

    box = drawn.select_one("select[data-combobox]")
    assert box["data-combobox"] == "/towns"
    assert box.select_one("[selected]").text == "Liège"


def test_a_value_nobody_may_choose_has_no_label():
    drawn = page(form().open({**VALUES, "home": 9}).render())

    assert not drawn.select("select[data-combobox] [selected]")


def test_without_script_a_search_field_can_be_asked_to_find():
    drawn = page(form().render())

    fallback = drawn.select_one("noscript")
    assert fallback.input["name"] == "find.home"
    assert fallback.button["value"] == "find"


def test_what_was_posted_can_be_shown_again_unjudged():
    drawn = form().refill([("login", ""), ("note", "kept"), ("find.home", "eu")])

    assert not drawn.summary
    assert page(drawn.render()).select_one("#note").text.strip() == "kept"
