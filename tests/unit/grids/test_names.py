"""The order of names: one in every list, the same on both databases."""

import pytest
from sqlalchemy import text, true

from endi_like.grids.contacts import CustomerGrid
from endi_like.grids.options import MentionGrid
from endi_like.grids.people import CompanyGrid, UserGrid
from endi_like.grids.sales import InvoiceGrid
from endi_like.models.options import Mention
from endi_like.services import administration, choices, users
from endi_like.services.contacts import customers
from endi_like.services.contacts.customers import values
from tests.factories import (
    TODAY,
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_membership,
    make_option,
    make_user,
)

ORDER = [
    "10 rue Haute",
    "Ærø",
    "Ångström",
    "d’Éon",
    "Deon",
    "Elan",
    "elan",
    "Élan",
    "élan",
    "Élan & Fils",
    "Elana",
    "L'Étoile",
    "L’étoile",
    "Letoile",
    "Lodz",
    "Łódź",
    "Œuvre",
    "œuvre",
    "Olive",
    "Strasse",
    "Straße",
    "Strassen",
    "Zinc",
    "zinc",
    "Zoé",
    "Żuraw",
    "Ωmega",
]
MIXED = ORDER[::2] + ORDER[1::2][::-1]


def walked(db, grid, params):
    """Return the first column that is sorted by, of all pages, a few rows each."""
    grid.size, shown = 5, []
    name = params["sort"].removeprefix("-")
    at = [column.name for column in grid.columns].index(name)
    page = grid.run(db, params)
    while True:
        shown += [row.values[at] for row in page.rows]
        if not page.after:
            return [name for name in shown if name in ORDER]  # not the author of all
        page = grid.run(db, {**params, "after": page.after})


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_lists_of_customers_companies_and_users_are_in_one_order(db, sort):
    for name in MIXED:
        company = make_company(db, name=name)
        make_customer(db, company, name=name, place={"city": name})
        make_user(db, name=name)

    wanted = ORDER if sort == "name" else ORDER[::-1]
    for grid in (CustomerGrid, CompanyGrid, UserGrid):
        assert walked(db, grid(true(), TODAY), {"sort": sort}) == wanted
    town = {"sort": sort.replace("name", "city")}
    assert walked(db, CustomerGrid(true(), TODAY), town) == wanted
    owner = {"sort": sort.replace("name", "company")}
    assert walked(db, CustomerGrid(true(), TODAY), owner) == wanted


def test_what_one_chooses_from_is_in_the_order_of_the_lists(db):
    company = make_company(db, name="Ours")
    user = make_user(db)
    for name in MIXED[:20]:
        make_membership(db, user, make_company(db, name=name))
        make_customer(db, company, name=name, place={"city": "Brest"})
        make_membership(db, make_user(db, name=name), company)
        make_invoice(db, make_customer(db, name=name))
        make_option(db, Mention, label=name, text="…")

    wanted = [name for name in ORDER if name in MIXED[:20]]
    found = choices.customers(db, true(), "brest", company.id)
    assert [one.title for one in found] == wanted
    assert [one.name for one in choices.companies(db) if one.name in wanted] == wanted
    assert [one.user.name for one in administration.members(db, company.id)] == wanted
    assert [one.company.name for one in users.memberships(db, user.id)] == wanted
    assert [one.label for one in choices.options(db, Mention)] == wanted
    label = {"sort": "label"}
    assert walked(db, MentionGrid(true(), TODAY), label) == wanted
    listed = walked(db, InvoiceGrid(true(), TODAY), {"sort": "customer"})
    assert listed == wanted


def test_the_same_name_is_in_the_order_of_the_rows(db):
    company = make_company(db)
    ids = [make_customer(db, company, name="Élan").id for _ in range(4)]

    grid = CustomerGrid(true(), TODAY)

    assert [row.id for row in grid.run(db, {}).rows] == ids


def test_who_is_renamed_moves(db):
    company = make_company(db)
    renamed = make_customer(db, company, make_entity(db, name="Zinc"))
    make_customer(db, company, name="Olive")

    customers.write(db, renamed, {**values(renamed), "name": "Élan"})
    db.flush()

    names = walked(db, CustomerGrid(true(), TODAY), {"sort": "name"})
    assert names == ["Élan", "Olive"]


def test_no_rules_of_a_machine_have_a_say_in_the_order(db):
    if db.get_bind().dialect.name != "postgresql":
        return  # SQLite knows no others than those of code points
    rows = db.execute(
        text(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE column_name LIKE 'sort\\_%' OR column_name = 'number_key'"
        )
    )
    assert rows.scalars().all() == ["C"]
