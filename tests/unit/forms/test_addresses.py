"""Countries and VAT numbers: what is taken for one, and what is kept of it."""

import colander
import pytest

from endi_like.forms.addresses import Country, VatNumber
from endi_like.i18n import LANGUAGES
from endi_like.services.countries import names_of


def field(kind, locale="en"):
    return kind(name="field", title="Field").bind(locale=locale)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("BE", "BE"),
        ("be", "BE"),
        (" Belgium ", "BE"),
        ("Belgique", "BE"),
        ("belgien", "BE"),
        ("Österreich", "AT"),
        ("osterreich", "AT"),
        ("Côte d’Ivoire", "CI"),
        ("Japan", "JP"),
        ("Réunion", "RE"),
    ],
)
def test_a_country_is_known_by_any_of_its_names(typed, code):
    assert field(Country).deserialize(typed) == code


@pytest.mark.parametrize("typed", ["Atlantis", "ZZ", "EU", "B", "%", "x" * 81, "B\0E"])
def test_what_is_no_country_is_refused(typed):
    with pytest.raises(colander.Invalid):
        field(Country).deserialize(typed)


@pytest.mark.parametrize(
    ("locale", "name"), [("en", "Germany"), ("fr", "Allemagne"), ("de", "Deutschland")]
)
def test_a_country_is_shown_in_the_language_of_the_reader(locale, name):
    assert field(Country, locale).serialize("DE") == name


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_is_shown_of_a_country_is_read_back_as_the_same(locale):
    country = field(Country, locale)

    known = names_of(locale)
    assert len(known) > 240
    assert [c for c in known if country.deserialize(country.serialize(c)) != c] == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("FR40303265045", "FR40303265045"),
        ("fr 40 303 265 045", "FR40303265045"),
        ("BE 0403.053.608", "BE0403053608"),
        ("CHE-116.281.710 MWST", "CHE116281710MWST"),
        ("ATU12345678", "ATU12345678"),
    ],
)
def test_a_vat_number_is_kept_without_what_decorates_it(typed, kept):
    assert field(VatNumber).deserialize(typed) == kept


@pytest.mark.parametrize(
    "typed", ["1234", "FR", "FR1", "F1234567", "FR<b>123456", "é" * 8]
)
def test_what_is_no_vat_number_is_refused(typed):
    with pytest.raises(colander.Invalid):
        field(VatNumber).deserialize(typed)
