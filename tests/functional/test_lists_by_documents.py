"""Projects, businesses and customers, found by the documents they have."""

from datetime import timedelta

import pytest

from tests.factories import (
    NOW,
    TODAY,
    make_business,
    make_business_type,
    make_company,
    make_customer,
    make_invoice,
    make_project,
    make_user,
    pay,
)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


@pytest.fixture
def dossiers(db):
    """Three projects, each with a business and a customer: paid, due later, and late.

    The first has a document of 10 and one of 4 weeks ago, the others one of today.
    """
    found = {}
    company = make_company(db)
    for name in ("paid", "due", "late", "empty"):
        customer = make_customer(db, company)
        project = make_project(db, company, code=name.upper())
        business = make_business(db, company, project=project)
        found[name] = {
            "customers": customer,
            "projects": project,
            "businesses": business,
        }

    def invoice(name, cost, **columns):
        places = found[name]
        kept = {"project": places["projects"], "business": places["businesses"]}
        customer = places["customers"]
        return make_invoice(
            db, customer, lines=[cost], status="valid", **kept, **columns
        )

    for weeks in (10, 4):
        pay(db, invoice("paid", "50", date=TODAY - timedelta(weeks=weeks)))
    invoice("due", "300", due_date=TODAY)
    invoice("late", "1000", due_date=TODAY - timedelta(days=1))
    return found


def days(**how_long):
    return (TODAY - timedelta(**how_long)).isoformat()


ASKED = {
    "unpaid=1": {"due", "late"},
    "late=1": {"late"},
    f"from={days(weeks=1)}": {"due", "late"},
    f"to={days(weeks=1)}": {"paid"},
    f"from={days(weeks=11)}&to={days(weeks=9)}": {"paid"},
    f"from={days(weeks=8)}&to={days(weeks=6)}": set(),
    "min=360": {"due", "late"},
    "max=359.99": {"paid"},
    "min=100&max=360": {"due"},
    f"min=60&max=60&from={days(weeks=5)}": {"paid"},
    f"min=360&to={days(weeks=1)}": set(),
    f"from={days(weeks=20)}&to={days(weeks=11)}": set(),
    "from=2026-02-30&late=0": {"paid", "due", "late", "empty"},
}


def named(dossiers, collection, page):
    """Return which of the dossiers a page lists."""
    ids = {int(link["href"].split("/")[2]) for link in page.html.select("a.rec")}
    rows = {name: places[collection].id for name, places in dossiers.items()}
    return {name for name, key in rows.items() if key in ids}


@pytest.mark.parametrize("collection", ["projects", "businesses", "customers"])
@pytest.mark.parametrize("asked", ASKED)
def test_a_list_is_filtered_by_the_documents_of_each_row(
    collection, asked, manager, dossiers
):
    page = manager.get(f"/{collection}/?{asked}")
    assert named(dossiers, collection, page) == ASKED[asked]


def test_projects_are_filtered_by_the_types_of_their_businesses(db, manager, dossiers):
    works = make_business_type(db)
    dossiers["due"]["businesses"].business_type = works
    db.flush()
    asked = f"/projects/?type={works.id}"
    assert named(dossiers, "projects", manager.get(asked)) == {"due"}
    dossiers["due"]["businesses"].deleted_at = NOW
    db.flush()
    assert not named(dossiers, "projects", manager.get(asked))


@pytest.mark.parametrize("collection", ["projects", "businesses", "customers"])
def test_what_is_in_the_bin_does_not_count(db, collection, manager, dossiers):
    places = dossiers["empty"]
    kept = {"project": places["projects"], "business": places["businesses"]}
    gone = make_invoice(db, places["customers"], **kept)
    asked = f"/{collection}/?from={days(days=0)}"
    assert "empty" in named(dossiers, collection, manager.get(asked))
    gone.deleted_at = gone.updated_at
    db.flush()
    assert "empty" not in named(dossiers, collection, manager.get(asked))
