import pytest

from endi_like.forms.structure import MOST, BadStructure, parse

START, END = "__start__", "__end__"


def test_markers_make_mappings_and_sequences():
    controls = [
        ("name", "Roof"),
        (START, "groups:sequence"),
        (START, "group:mapping"),
        ("title", "Tiles"),
        (START, "lines:sequence"),
        (START, "line:mapping"),
        ("cost", "9"),
        (END, "line:mapping"),
        (START, "line:mapping"),
        ("cost", "8"),
        (END, "line:mapping"),
        (END, "lines:sequence"),
        (END, "group:mapping"),
        (END, "groups:sequence"),
        (START, "mentions:sequence"),
        ("mentions", "1"),
        ("mentions", "2"),
        (END, "mentions:sequence"),
    ]

    assert parse(controls) == {
        "name": "Roof",
        "groups": [{"title": "Tiles", "lines": [{"cost": "9"}, {"cost": "8"}]}],
        "mentions": ["1", "2"],
    }


def test_an_empty_sequence_is_a_value():
    assert parse([(START, "lines:sequence"), (END, "lines:sequence")]) == {"lines": []}


@pytest.mark.parametrize(
    "controls",
    [
        [("name", "a"), ("name", "b")],
        [(START, "g:mapping"), ("x", "1"), ("x", "2"), (END, "g:mapping")],
        [("g", "1"), (START, "g:mapping"), (END, "g:mapping")],
        [(START, "name:rename"), ("x", "1"), (END, "name:rename")],
        [(START, "name:ignore"), (END, "name:ignore")],
        [(START, "name"), (END, "name")],
        [(START, ""), (END, "")],
        [(START, b"lines:sequence"), (END, "lines:sequence")],
        [(START, "lines:sequence")],
        [(END, "lines:sequence")],
        [(START, "a:mapping"), (END, "b:mapping")],
        [(START, "a:mapping"), (END, "a:sequence")],
        [(START, "a:sequence")] * 12 + [(END, "a:sequence")] * 12,
        [(None, "x")],
    ],
)
def test_what_no_form_of_ours_sends_is_refused(controls):
    with pytest.raises(BadStructure):
        parse(controls)


def test_a_doubled_field_is_named():
    with pytest.raises(BadStructure) as refused:
        parse([("version", "1"), ("version", "2")])

    assert "version" in refused.value.args[0].interpolate()


def test_too_many_fields_are_refused_before_they_are_kept():
    seen = []

    def endless():
        while True:
            seen.append(None)
            yield (str(len(seen)), "x")

    with pytest.raises(BadStructure):
        parse(endless())

    assert len(seen) == MOST + 1
