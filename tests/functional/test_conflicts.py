"""Two people, or two clicks, at the same document: nothing happens twice or is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import object_session

from endi_like.models.node import Node
from tests.factories import (
    make_customer,
    make_invoice,
    make_member,
    make_mode,
    make_user,
    move,
    pay,
)
from tests.functional.moved import moves
from tests.functional.pages import (
    button,
    document_form,
    offered,
    post,
    press,
    save,
    words,
)


@pytest.fixture
def invoice(db, company):
    customer = make_customer(db, company, name="Ville de Rennes")
    return make_invoice(db, customer, name="Roof", lines=["100"])


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, name="Mona Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


@pytest.fixture
def accountant(db, login):
    return login(make_user(db, name="Ana Accountant", roles={"accountant"}))


def url(invoice):
    return f"/invoices/{invoice.id}/"


def differing(page):
    return [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in page.html.select("table.diff tbody tr")
    ]


@pytest.fixture(autouse=True)
def ticking(clock):
    """Have time go on within a request, as it does."""
    clock.tick = timedelta(milliseconds=3)


def test_saving_over_somebody_elses_edit_shows_both_and_loses_neither(
    invoice, member, manager, clock
):
    slow = member.get(f"{url(invoice)}edit")
    save(manager.get(f"{url(invoice)}edit"), name="Their roof", cost="110")
    clock.advance(minutes=1)

    page = save(slow, name="My roof", notes="My notes", status=409)

    assert "Max Manager changed this document while you were writing." in words(page)
    assert differing(page) == [
        ["Subject", "My roof", "Their roof"],
        ["Lines", "Work, 100.00, 1, 20 %", "Work, 110.00, 1, 20 %"],
        ["Notes on the document", "My notes", ""],
    ]
    form = document_form(page)
    assert (form["name"].value, form["notes"].value) == ("My roof", "My notes")
    assert (invoice.name, invoice.notes, invoice.ht) == ("Their roof", "", 110)
    assert invoice.version == 2


def test_saving_again_after_a_conflict_keeps_mine(invoice, member, manager):
    slow = member.get(f"{url(invoice)}edit")
    save(manager.get(f"{url(invoice)}edit"), name="Their roof")
    page = save(slow, name="My roof", status=409)

    save(page)

    assert (invoice.name, invoice.version) == ("My roof", 3)


def test_a_third_person_in_between_is_noticed_too(invoice, member, manager, login, db):
    slow = member.get(f"{url(invoice)}edit")
    save(manager.get(f"{url(invoice)}edit"), name="Second")
    page = save(slow, name="Mine", status=409)
    save(manager.get(f"{url(invoice)}edit"), name="Third")

    page = save(page, status=409)

    assert differing(page) == [["Subject", "Mine", "Third"]]
    assert invoice.name == "Third"


def test_a_conflict_shows_the_errors_of_what_was_typed_as_well(
    invoice, member, manager
):
    slow = member.get(f"{url(invoice)}edit")
    save(manager.get(f"{url(invoice)}edit"), name="Their roof")

    page = save(slow, cost="a lot", status=409)

    assert "Max Manager changed this document" in words(page)
    assert "“a lot” is not a number." in words(page)
    assert document_form(page)["cost"].value == "a lot"


def test_a_form_keeps_its_version_through_its_errors(invoice, member, manager):
    slow = save(member.get(f"{url(invoice)}edit"), date="", status=422)
    save(manager.get(f"{url(invoice)}edit"), name="Their roof")

    save(slow, name="My roof", status=409)

    assert invoice.name == "Their roof"


def test_a_refused_move_leaves_a_form_that_can_be_saved(invoice, member):
    page = member.get(f"{url(invoice)}edit")
    page = save(page, "submit", description_1="", name="New name", status=422)
    assert "Line 1 needs a description." in words(page)
    assert (invoice.name, invoice.version) == ("Roof", 1)

    save(page, "submit", description_1="Tiles")

    assert (invoice.name, invoice.validation_status) == ("New name", "wait")


def test_what_was_typed_survives_that_it_was_validated_meanwhile(
    db, invoice, member, manager
):
    typing = member.get(f"{url(invoice)}edit")
    press(manager.get(url(invoice)), "validate")

    page = save(typing, name="My roof", notes="A long story", status=409)

    assert "Max Manager changed this document while you were writing." in words(page)
    assert "It cannot be changed any more." in words(page)
    form = document_form(page)
    assert (form["name"].value, form["notes"].value) == ("My roof", "A long story")
    assert "save" not in [one.value_if_submitted() for one in form.fields["action"]]
    assert (invoice.name, invoice.notes, invoice.validation_status) == (
        "Roof",
        "",
        "valid",
    )


def test_what_was_typed_survives_that_it_was_submitted_meanwhile(
    db, company, invoice, member, login
):
    typing = member.get(f"{url(invoice)}edit")
    colleague = login(make_member(db, company, name="Carl Colleague"))
    press(colleague.get(url(invoice)), "submit")

    page = save(typing, notes="A long story", status=409)

    assert "Carl Colleague changed this document" in words(page)
    assert document_form(page)["notes"].value == "A long story"
    assert invoice.notes == ""


def test_who_may_never_edit_is_refused_whatever_the_version(db, invoice, accountant):
    sent = {"version": "0", "name": "Mine", "action": "save"}

    post(accountant, f"{url(invoice)}edit", sent, 403)
    post(accountant, f"{url(invoice)}edit", sent | {"version": invoice.version}, 403)

    assert invoice.name == "Roof"


def test_a_refusal_for_the_amount_keeps_what_was_typed(db, company, invoice, login):
    user = make_member(db, company, "self_validate", ceiling="150")
    page = login(user).get(f"{url(invoice)}edit")

    page = save(page, "validate", cost="200", notes="Big one", status=403)

    assert "Your ceiling in this company is 150.00 before tax." in words(page)
    form = document_form(page)
    assert (form["cost"].value, form["notes"].value) == ("200.00", "Big one")
    assert (invoice.ht, invoice.validation_status) == (100, "draft")
    save(page, cost="120")
    assert (invoice.ht, invoice.notes) == (120, "Big one")


def test_a_double_click_on_save_is_told_from_a_conflict(invoice, member):
    page = member.get(f"{url(invoice)}edit")
    typed = {"name": "New roof", "cost": "120", "notes": "Thanks"}
    save(page, **typed)

    answer = save(page, status=409, **typed)

    assert "It is done already" in words(answer)
    assert "It was saved already; nothing was done twice." in words(answer)
    assert answer.click("See it as it is now").request.path == url(invoice)
    assert (invoice.name, invoice.version) == ("New roof", 2)


def test_a_double_click_on_save_and_submit_is_told_from_one(db, invoice, member):
    page = member.get(f"{url(invoice)}edit")
    save(page, "submit", name="New roof")

    answer = save(page, "submit", name="New roof", status=409)

    assert "it was not done twice" in words(answer)
    assert moves(db, invoice) == ["submit"]


def test_another_button_on_an_old_form_is_a_conflict(db, invoice, manager):
    page = manager.get(f"{url(invoice)}edit")
    save(page, "submit", name="New roof")

    page = save(page, "validate", name="New roof", status=409)

    assert "You have changed this document yourself, on another page." in words(page)
    assert moves(db, invoice) == ["submit"]


def test_a_double_click_on_an_action_says_that_it_is_done(db, invoice, member):
    page = member.get(url(invoice))
    press(page, "submit")

    answer = press(page, "submit", 409)

    assert "It is done already" in words(answer)
    assert "You did “Ask for validation” on" in words(answer)
    assert moves(db, invoice) == ["submit"]
    assert invoice.version == 2


def test_two_managers_validate_at_once_and_one_is_told_who_did(
    db, invoice, manager, login
):
    other = login(make_user(db, name="Mia Manager", roles={"manager"}))
    first, second = manager.get(url(invoice)), other.get(url(invoice))
    press(first, "validate")
    number = invoice.official_number

    answer = press(second, "validate", 409)

    told = words(answer)
    assert "Somebody was faster" in told
    assert "Max Manager" in told
    assert "Validate" in told
    assert moves(db, invoice) == ["validate"]
    assert invoice.official_number == number


def test_the_reason_typed_into_an_old_page_is_given_back(invoice, member, manager):
    press(member.get(url(invoice)), "submit")
    page = manager.get(url(invoice))
    press(member.get(url(invoice)), "reopen")

    answer = press(
        page, "invalidate", 409, reason="The <b>hours</b> of May are missing"
    )

    typed = answer.html.select_one("textarea#typed")
    assert typed.text.strip() == "The <b>hours</b> of May are missing"
    assert "Nothing of what you sent was saved." in words(answer)


def test_an_old_page_cannot_validate_what_has_been_edited_since(
    db, invoice, member, manager
):
    old_page = manager.get(url(invoice))
    save(member.get(f"{url(invoice)}edit"), cost="1,000,000")

    answer = press(old_page, "validate", 409)

    assert "Mona Member" in words(answer)
    assert "edited" in words(answer)
    assert moves(db, invoice) == []


@pytest.mark.parametrize("version", ["", "0", "999", "-1", "1.0", "x", None])
def test_an_action_without_the_right_version_is_stale(db, invoice, manager, version):
    sent = {"action": "validate"} | ({} if version is None else {"version": version})

    post(manager, f"{url(invoice)}do", sent, 409)

    assert moves(db, invoice) == []


@pytest.mark.parametrize("path", ["delete", "restore"])
def test_the_bin_asks_for_the_version_too(invoice, member, manager, path):
    if path == "restore":
        button(member.get(url(invoice)), "delete")
    page = member.get(url(invoice))
    was = invoice.deleted_at
    other = "restore" if path == "restore" else "delete"
    button(manager.get(url(invoice)), other)
    now = invoice.deleted_at
    assert now != was

    button(page, path, 409)

    assert invoice.deleted_at == now


def test_a_payment_is_not_recorded_twice_by_a_double_click(db, invoice, accountant):
    move(db, invoice, "validate")
    typed = {"amount": "50", "mode_id": str(make_mode(db).id)}
    page = accountant.get(f"{url(invoice)}payment")
    save(page, **typed)

    answer = save(page, status=409, **typed)

    assert "It was saved already" in words(answer)
    assert answer.click("See it as it is now").request.path == url(invoice)
    assert [payment.amount for payment in invoice.payments] == [50]
    assert moves(db, invoice) == ["validate", "part_pay"]


def test_two_accountants_do_not_record_the_same_transfer_unawares(
    db, invoice, accountant, login
):
    move(db, invoice, "validate")
    typed = {"amount": "50", "mode_id": str(make_mode(db).id)}
    other = login(make_user(db, name="Alf Accountant", roles={"accountant"}))
    slow = other.get(f"{url(invoice)}payment")
    save(accountant.get(f"{url(invoice)}payment"), **typed)

    page = save(slow, reference="VIR 7", status=409, **typed)

    assert "Ana Accountant changed this document" in words(page)
    assert document_form(page)["reference"].value == "VIR 7"
    assert len(invoice.payments) == 1
    save(page)
    assert [payment.amount for payment in invoice.payments] == [50, 50]


def test_a_payment_taken_back_meanwhile_is_not_found(db, invoice, accountant):
    move(db, invoice, "validate")
    payment = pay(db, invoice, "20")
    path = f"{url(invoice)}payments/{payment.id}/edit"
    page = accountant.get(path)
    button(accountant.get(url(invoice)), f"payments/{payment.id}/delete")

    save(page, amount="30", status=404)

    assert invoice.payments == []


def test_taking_back_a_payment_on_an_old_page_leads_back_to_the_invoice(
    db, invoice, accountant, manager
):
    move(db, invoice, "validate")
    payment, other = pay(db, invoice, "20"), pay(db, invoice, "10")
    page = accountant.get(url(invoice))
    button(manager.get(url(invoice)), f"payments/{other.id}/delete")

    page = button(page, f"payments/{payment.id}/delete", 409)

    assert page.click("See it as it is now").request.path == url(invoice)
    assert invoice.payments == [payment]


def test_correcting_a_payment_over_another_correction_is_a_conflict(
    db, invoice, accountant, manager
):
    move(db, invoice, "validate")
    payment = pay(db, invoice, "20")
    path = f"{url(invoice)}payments/{payment.id}/edit"
    slow = accountant.get(path)
    save(manager.get(path), amount="30")

    page = save(slow, amount="40", status=409)

    assert differing(page) == [["Amount", "40.00", "30.00"]]
    assert payment.amount == 30


@pytest.fixture
def attempts(monkeypatch):
    """Let another request through, once, just after the version was checked."""
    attempts = []
    expect = Node.expect

    def overtaken(node, version):
        expect(node, version)
        attempts.append(version)
        if len(attempts) == 1:
            object_session(node).execute(
                update(Node).values(version=Node.version + 1),
                execution_options={"synchronize_session": False},
            )

    monkeypatch.setattr(Node, "expect", overtaken)
    return attempts


def test_an_action_in_a_race_only_the_database_sees_is_run_again(
    db, invoice, member, attempts
):
    press(member.get(url(invoice)), "submit")

    assert len(attempts) == 2
    assert moves(db, invoice) == ["submit"]


def test_the_page_after_a_conflict_shows_what_is_offered_now(invoice, member, manager):
    old_page = member.get(url(invoice))
    press(manager.get(url(invoice)), "submit")

    answer = press(old_page, "submit", 409).click("See it as it is now")

    assert offered(answer) == ["reopen"]
