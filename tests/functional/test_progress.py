"""An estimation is invoiced by progress: percent by percent, to the cent."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from endi_like.models.projects import Business
from endi_like.models.sales import DiscountLine, Invoice
from endi_like.services.invariants import invariants
from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
    make_vat,
    move,
)
from tests.functional.pages import button, post, press, save, words
from tests.functional.programs import Program


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan", code="MEN")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Saint-Brieuc", language="en")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, "self_validate", name="Mona Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


@pytest.fixture
def estimation(db, customer):
    """Two lines of 100 and 50 before tax, an odd discount, flat expenses."""
    vat = make_vat(db, "20")
    made = make_estimation(
        db,
        customer,
        lines=["100", "50"],
        discounts=[DiscountLine(description="Loyal", amount=Decimal("3.33"), vat=vat)],
        expenses_ht=Decimal(7),
        expenses_vat=vat,
        deposit="30",
    )
    for name in ("submit", "validate"):
        move(db, made, name)
    return made


def url(estimation, page=""):
    return f"/estimations/{estimation.id}/{page}"


def form_of(browser, estimation):
    return browser.get(url(estimation, "progress"))


def write(browser, estimation, *percents, **settings):
    """Write an invoice of so many percent of each line."""
    typed = {f"percent_{at}": one for at, one in enumerate(percents, 1)}
    return save(form_of(browser, estimation), **typed, **settings)


def invoices(db):
    return list(db.scalars(select(Invoice).order_by(Invoice.id)))


def test_from_the_first_percent_to_the_last_cent(db, estimation, member):
    page = member.get(url(estimation))
    page = page.click("Invoice by progress instead")
    assert "Ville de" not in words(page)
    page = save(page, percent_1="30", percent_2="10.5").follow()
    (first,) = invoices(db)
    assert "Progress invoice 1 of estimation D2026-0001" in words(page)
    assert "30% of it now, 30% in all" in words(page)
    # 30 + 5.25, less the discount as far as its lines are done
    assert first.ht == Decimal("35.25") - Decimal("0.78")
    assert (first.expenses_ht, first.deadline) == (0, None)
    move(db, first, "validate")

    page = member.get(url(estimation))
    assert "Invoiced by progress" in words(page)
    assert "Write this invoice" not in words(page)
    page = page.click("Invoice what is done")
    assert "30% 70%" in words(page)
    assert "10.5% 89.5%" in words(page)
    page = save(page, percent_0="25").follow()
    assert "25% of it now, 55% in all" in words(page)
    second = invoices(db)[-1]
    move(db, second, "validate")

    page = save(form_of(member, estimation), action="rest").follow()
    last = invoices(db)[-1]
    assert "Balance invoice 3" in words(page)
    press(page, "validate")
    made = [first, second, last]
    for name in ("ht", "tva", "ttc", "due"):
        assert sum(getattr(one, name) for one in made) == getattr(estimation, name)
    page = member.get(url(estimation))
    assert "€184.40 of €184.40 invoiced" in words(page)
    assert "Invoice what is done" not in words(page)
    assert "All of it is invoiced." in words(page)
    refused = member.get(url(estimation, "progress"), status=409)
    assert "All of it is invoiced." in refused
    assert list(invariants(db)) == []


def test_the_business_follows(db, estimation, member):
    move(db, estimation, "sign")
    write(member, estimation, "50", "50")
    (draft,) = invoices(db)
    business = db.scalars(select(Business)).one()
    assert draft.business is estimation.business is business
    page = member.get(f"/businesses/{business.id}/")
    assert "Invoiced by progress" in words(page)
    assert "Not invoiced yet" not in words(page)
    move(db, draft, "validate")
    page = member.get(f"/businesses/{business.id}/")
    assert page.html.find("a", href=url(estimation, "progress"))
    found = member.get(
        f"/businesses/{business.id}/", headers={"Accept": "application/json"}
    ).json
    assert found["way"] == "progress"
    assert Decimal(found["invoiced"]) == draft.ttc
    assert Decimal(found["to_invoice"]) == estimation.ttc - draft.ttc
    assert found["deadlines"] == []


def test_a_draft_in_the_bin_gives_its_percent_back(db, estimation, member):
    write(member, estimation, "60", "60")
    page = write(member, estimation, "41", status=422)
    assert "Only 40% is left." in words(page)
    (draft,) = invoices(db)
    binned = button(member.get(f"/invoices/{draft.id}/"), "delete").follow()
    assert "Write this invoice" in words(member.get(url(estimation)))
    write(member, estimation, "41")
    refused = button(binned, "restore").follow()
    assert "is invoiced otherwise" in words(refused)
    assert draft.deleted_at


def test_each_is_numbered_among_those_by_progress(db, estimation, customer, member):
    write(member, estimation, "10")
    by_hand = make_invoice(db, customer, lines=["1"], estimation=estimation)
    write(member, estimation, "10")
    button(member.get(f"/invoices/{invoices(db)[-1].id}/"), "delete")
    write(member, estimation, "10")
    names = [one.name for one in invoices(db) if one is not by_hand]
    assert [name.split(" of ")[0] for name in names] == [
        "Progress invoice 1",
        "Progress invoice 2",
        "Progress invoice 3",
    ]


def test_a_restored_draft_asks_for_its_percent_again(db, estimation, member):
    write(member, estimation, "60")
    (draft,) = invoices(db)
    page = button(member.get(f"/invoices/{draft.id}/"), "delete").follow()
    write(member, estimation, "40")
    button(page, "restore")
    assert not draft.deleted_at
    assert "100% 0%" in words(form_of(member, estimation))


def test_a_credited_invoice_gives_its_percent_back(db, estimation, member):
    write(member, estimation, "60")
    (invoice,) = invoices(db)
    move(db, invoice, "validate")
    note = make_credit_note(db, invoice, status="valid")
    assert note.due == -invoice.due
    write(member, estimation, "100", "100")
    last = invoices(db)[-1]
    assert len(last.deductions) == 2
    assert invoice.due + note.due + last.due == estimation.due


def test_the_first_invoice_decides_how_all_are_made(db, estimation, customer, member):
    old = member.get(url(estimation))
    form = form_of(member, estimation)
    button(old, "invoice")
    page = member.get(url(estimation))
    assert "Invoice by progress" not in words(page)
    refused = save(form, percent_1="10", status=409)
    assert "It is invoiced by its payment schedule." in refused
    button(member.get(f"/invoices/{invoices(db)[0].id}/"), "delete")
    write(member, estimation, "10")
    refused = button(old, "invoice-all").follow()
    assert "It is invoiced by progress." in words(refused)
    other = make_estimation(db, customer, status="valid", deposit="10")
    other.business = estimation.business
    db.flush()
    page = member.get(url(other))
    assert "Write this invoice" not in words(page)
    assert "Invoice what is done" in words(page)


def test_whoever_presses_twice_makes_one_and_whoever_was_slower_is_told(
    db, estimation, member, manager
):
    mine, theirs = form_of(member, estimation), form_of(manager, estimation)
    first = save(mine, percent_1="30")
    again = save(mine, percent_1="30")
    assert first.location == again.location
    page = save(theirs, percent_1="20", status=409)
    assert "Another invoice was written meanwhile" in words(page)
    assert "30% 70%" in words(page)
    assert len(invoices(db)) == 1
    save(page, percent_1="20")
    assert len(invoices(db)) == 2


def test_a_group_speaks_for_its_lines_that_say_nothing(db, estimation, member):
    save(form_of(member, estimation), percent_0="40", percent_2="10")
    (draft,) = invoices(db)
    assert [one.percent for one in draft.progress] == [40, 10]
    page = save(form_of(member, estimation), percent_0="70", status=422)
    assert "Only 60% is left." in words(page)


def test_a_line_that_is_finished_does_not_follow_its_group(db, estimation, member):
    write(member, estimation, "100", "10")
    save(form_of(member, estimation), percent_0="20")
    assert [one.percent for one in invoices(db)[-1].progress] == [20]
    write(member, estimation, "", "70")
    assert estimation.left_to_invoice == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Say of at least one line"),
        ({"percent_1": "0"}, "Say of at least one line"),
        ({"percent_1": "100.01"}, "is too large"),
        ({"percent_1": "-1"}, "is too small"),
        ({"percent_1": "1.234"}, "has more than 2 decimals"),
        ({"percent_1": "a lot"}, "is not a number"),
        ({"percent_0": "101"}, "is too large"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    db, estimation, member, typed, sentence
):
    page = save(form_of(member, estimation), status=422, **typed)
    assert sentence in words(page)
    assert invoices(db) == []


def test_lines_of_elsewhere_are_none_of_it(db, estimation, customer, member):
    other = make_estimation(db, customer, status="valid")
    (group,), (line,) = other.groups, other.lines
    own = estimation.groups[0]
    strange = [
        [{"id": group.id, "percent": "10", "lines": []}],
        [{"id": own.id, "percent": "", "lines": [{"id": line.id, "percent": "10"}]}],
        [{"id": own.id, "percent": "10", "lines": []}] * 2,
    ]
    for groups in strange:
        page = post(member, url(estimation, "progress"), {"groups": groups}, 422)
        assert "This is no line of the estimation." in words(page)
    assert invoices(db) == []


def test_what_cannot_be_invoiced_is_not_by_progress_either(
    db, estimation, customer, member
):
    draft = make_estimation(db, customer)
    move(db, estimation, "abort", "too dear")
    for one in (draft, estimation):
        assert "Invoice by progress" not in words(member.get(url(one)))
        member.get(url(one, "progress"), status=409)


def test_nothing_is_made_by_whoever_may_not_write_invoices(
    db, estimation, customer, login
):
    for user in (make_user(db, roles={"accountant"}), make_user(db, roles={"auditor"})):
        browser = login(user)
        assert "Invoice by progress" not in words(browser.get(url(estimation)))
        browser.get(url(estimation, "progress"), status=403)
        post(browser, url(estimation, "progress"), {"groups": []}, 403)
    stranger = login(make_member(db, make_company(db)))
    stranger.get(url(estimation, "progress"), status=404)
    post(stranger, url(estimation, "progress"), {"groups": []}, 404)


def test_a_program_invoices_by_progress(db, estimation, company, app):
    program = Program(app, db, make_member(db, company))
    address = url(estimation, "progress")
    line, other = estimation.lines
    shares = [{"id": line.id, "percent": "25"}]
    sent = {"groups": [{"id": estimation.groups[0].id, "lines": shares}]}
    made = program.post(address, sent, status=201).json
    (draft,) = invoices(db)
    assert made["id"] == draft.id
    found = program.get(f"/invoices/{draft.id}/").json
    assert found["progress"] == {str(line.id): "25.00"}
    found = program.get(url(estimation)).json
    assert found["way"] == "progress"
    assert found["progress"] == {str(line.id): "25.00", str(other.id): "0"}
    refused = program.post(address, {**sent, "seen": 0}, status=409).json
    assert "meanwhile" in str(refused)
    shares[0]["percent"] = "75.01"
    refused = program.post(address, sent, status=422).json
    assert "Only 75% is left." in refused["errors"]["groups.0.lines.0.percent"]
    program.post(address, {"action": "rest"}, status=201)
    assert sum(one.ttc for one in invoices(db)) == estimation.ttc
