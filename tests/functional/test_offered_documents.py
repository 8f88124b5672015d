"""Of many documents the newest are offered to be ticked; the others are searched."""

import pytest

from endi_like.services.businesses import MOST_OFFERED
from tests.factories import make_business, make_estimation, make_invoice, make_project
from tests.functional.pages import button, words

MORE = f"There are more: only the newest {MOST_OFFERED} are offered."


@pytest.fixture
def many(db, customer):
    """Return an old invoice, under so many others that it is not offered."""
    old = make_invoice(db, customer, name="Chimney", status="valid")
    for _ in range(MOST_OFFERED):
        make_invoice(db, customer)
    return old


@pytest.fixture(params=["put", "attach"])
def place(request, db, customer):
    """Return the page and the button of what documents are ticked on."""
    if request.param == "put":
        return f"/businesses/{make_business(db, customer.company).id}/", "put"
    estimation = make_estimation(db, customer, lines=["9000"], status="valid")
    return f"/estimations/{estimation.id}/", "attach"


def boxes(page, path):
    """Return the ids that can be ticked."""
    found = page.html.select(f"form[action$='/{path}'] input[name=row]")
    return [int(one["value"]) for one in found]


def searched(page, typed):
    """Type into the search field beside the documents, and send it."""
    form = next(one for one in page.forms.values() if "offer" in one.fields)
    assert page.html.find("label", {"for": form["offer"].id})
    form["offer"] = typed
    return form.submit()


def test_older_documents_are_found_by_number_and_name(db, member, many, place):
    url, path = place
    page = member.get(url)
    assert len(boxes(page, path)) == MOST_OFFERED
    assert many.id not in boxes(page, path)
    assert MORE in words(page)
    for typed in ("chimney", many.official_number):
        found = searched(page, typed)
        assert boxes(found, path) == [many.id]
        assert MORE not in words(found)
        assert found.html.select_one("details#pick-in[open]")
    form = next(one for one in found.forms.values() if one.action.endswith(f"/{path}"))
    form.fields["row"][0].checked = True
    form.submit(status=303)
    assert many.business is not None if path == "put" else many.estimation is not None


def test_it_is_said_that_nothing_is_found(member, many, place):
    url, path = place
    found = searched(member.get(url), "nowhere")
    assert boxes(found, path) == []
    assert "No document is found by these words." in words(found)


def test_a_search_finds_what_is_in_another_project_or_in_none(db, member, customer):
    here = make_project(db, customer.company)
    elsewhere = make_project(db, customer.company)
    valid = make_invoice(db, customer, status="valid", project=elsewhere, name="Gutter")
    loose = make_invoice(db, customer, status="valid", name="Gutters")
    business = make_business(db, customer.company, project=here)
    page = member.get(f"/businesses/{business.id}/")
    assert boxes(page, "put") == []
    found = searched(page, "gutter")
    assert set(boxes(found, "put")) == {valid.id, loose.id}
    form = next(one for one in found.forms.values() if one.action.endswith("/put"))
    for box in form.fields["row"]:
        box.checked = True
    form.submit(status=303)
    assert {valid.project, loose.project} == {here}


def test_only_whoever_may_put_something_in_is_asked_to_search(db, customer, member):
    project = make_project(db, customer.company)
    business = make_business(db, customer.company, project=project)
    button(member.get(f"/businesses/{business.id}/"), "delete")
    page = member.get(f"/businesses/{business.id}/?offer=x")
    assert not page.html.select("input[name=offer]")
