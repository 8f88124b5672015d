"""What others do is told by the bell, and read by nobody else."""

import pytest
from sqlalchemy import delete, select

from endi_like.models.notifications import (
    BY_MAIL,
    Notification,
    NotificationChoice,
)
from endi_like.models.people import Membership
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_notification,
    make_run,
    make_user,
)
from tests.functional.pages import button, document_form, press, token
from tests.functional.programs import Program

HOSTILE = "<img src=x onerror=x7()> ${actor} {{7331*3}}"


@pytest.fixture
def member(db, company):
    return make_member(db, company, name="Anna")


@pytest.fixture
def invoice(db, customer, member):
    found = make_invoice(db, customer, name="Roof")
    found.created_by_id = member.id
    db.flush()
    return found


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Maud", roles={"manager"}))


def bell(page):
    found = page.html.select_one("a.bell")
    count = found.select_one(".n")
    return count.text if count else "", found["aria-label"]


def lines(page):
    return [one.text for one in page.html.select(".notes a.rec")]


def test_the_bell_leads_to_what_happened_and_counts_it_no_more(
    db, login, member, manager, invoice
):
    anna = login(member)
    assert bell(anna.get("/"))[0] == ""
    press(anna.get(f"/invoices/{invoice.id}/"), "submit")
    assert bell(anna.get("/"))[0] == "", "she did it herself"
    waiting = manager.get("/notifications/")
    assert lines(waiting) == [f"Anna asks for the validation of {named(invoice)}."]
    record = waiting.click(href=r"/notifications/\d+/").follow()
    press(record, "invalidate", reason="The date is wrong.")
    assert bell(manager.get("/"))[0] == ""
    home = anna.get("/")
    assert bell(home) == ("1", "Notifications: 1 unread")
    page = home.click(href="/notifications/$")
    assert lines(page) == [f"Maud has sent back {named(invoice)}: The date is wrong."]
    assert page.html.select_one(".notes .new")
    opened = page.click(href=r"/notifications/\d+/", index=0)
    assert opened.location.endswith(f"/invoices/{invoice.id}/")
    assert bell(anna.get("/"))[0] == ""
    assert not anna.get("/notifications/").html.select_one(".notes .new")


def named(invoice):
    return f"{invoice.name} ({invoice.account.name})"


def test_one_is_marked_as_read_and_all_up_to_the_last_that_was_seen(
    db, login, member, invoice
):
    rows = [make_notification(db, member, invoice) for _ in range(3)]
    anna = login(member)
    page = anna.get("/notifications/?unread=1")
    after = button(page, f"notifications/{rows[1].id}/read?unread=1")
    assert after.location.endswith("/notifications/?unread=1")
    assert len(lines(after.follow())) == 2
    page = anna.get("/notifications/")
    make_notification(db, member, invoice)
    assert bell(button(page, "notifications/read").follow())[0] == "1"
    button(anna.get("/notifications/"), "notifications/read")
    empty = anna.get("/notifications/?unread=1")
    assert "You have read everything" in empty
    assert len(lines(empty.click("Show those I have read"))) == 4


def test_who_was_told_of_nothing_reads_why(login, member):
    page = login(member).get("/notifications/")
    assert "Nothing has happened yet that concerns you" in page


def test_pages_follow_one_another(db, login, member, invoice):
    for number in range(35):
        text = f'"It is validated: {number}."'
        make_notification(db, member, invoice, text=text)
    anna = login(member)
    first = anna.get("/notifications/")
    second = first.click("Next")
    assert len(lines(first)) == 30
    assert lines(second) == [f"It is validated: {n}." for n in (4, 3, 2, 1, 0)]
    assert 'rel="next"' not in second
    here = f"?before={first.html.select('.notes a.rec')[-1]['href'].split('/')[-2]}"
    after = document_form(second).submit(status=303)
    assert after.location.endswith(f"/notifications/{here}"), "one stays on the page"


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "1.5", "٣"])
def test_a_nonsensical_place_is_the_first_page_or_an_empty_one(
    before, db, login, member, invoice
):
    make_notification(db, member, invoice)
    assert login(member).get("/notifications/", {"before": before})


def test_A5_those_of_others_and_what_one_may_not_see_any_more_are_not_there(
    db, login, member, invoice
):
    one = make_notification(db, member, invoice)
    other = login(make_user(db, roles={"manager"}))
    anna = login(member)
    for browser, status in ((other, 404), (anna, 303)):
        browser.get(f"/notifications/{one.id}/", status=status)
        fields = {"csrf_token": token(browser)}
        browser.post(f"/notifications/{one.id}/read", fields, status=status)
    db.execute(delete(Membership).where(Membership.user_id == member.id))
    anna.get(f"/notifications/{one.id}/", status=404)
    assert lines(anna.get("/notifications/")) == []
    assert bell(anna.get("/"))[0] == ""


def test_a_stranger_is_asked_who_it_is(db, visitor, member, invoice):
    one = make_notification(db, member, invoice)
    for path in ("/notifications/", f"/notifications/{one.id}/", "/notifications/9/"):
        assert "/login" in visitor.get(path, status=303).location


def test_I1_names_and_reasons_are_shown_as_text(db, login, member, manager, invoice):
    invoice.name = HOSTILE
    invoice.account.name = "<script>x7()</script>"
    press(login(member).get(f"/invoices/{invoice.id}/"), "submit")
    press(manager.get(f"/invoices/{invoice.id}/"), "invalidate", reason=HOSTILE)
    page = login(member).get("/notifications/")
    (line,) = lines(page)
    assert line == f"Maud has sent back {HOSTILE} (<script>x7()</script>): {HOSTILE}"
    assert not page.html.select("main img, main script")
    assert "21993" not in page


def test_more_than_ninety_nine_is_more_than_enough(db, login, member, invoice):
    for _ in range(100):
        make_notification(db, member, invoice)
    page = login(member).get("/")
    assert bell(page) == ("99+", "Notifications: more than 99 unread")


def test_programs_read_the_same(app, db, member, invoice):
    one = make_notification(db, member, invoice)
    make_notification(db, member, invoice, read_at=one.at)
    program = Program(app, db, member)
    answer = program.get("/notifications/?unread=1").json
    assert answer == {
        "notifications": [
            {
                "id": one.id,
                "url": f"/notifications/{one.id}/",
                "event": "validated",
                "text": "It is validated.",
                "at": one.at.isoformat(),
                "read": False,
                "record": f"/invoices/{invoice.id}/",
            }
        ],
        "unread": 1,
        "before": None,
    }
    assert program.get(f"/notifications/{one.id}/").json == answer["notifications"][0]
    assert not one.read_at, "a program has not read it for anybody"
    program.post(f"/notifications/{one.id}/read", {})
    assert program.get("/notifications/").json["unread"] == 0


def test_a_token_that_may_only_look_marks_nothing(app, db, member, invoice):
    one = make_notification(db, member, invoice)
    program = Program(app, db, member, read_only=True)
    program.post(f"/notifications/{one.id}/read", {}, status=403)
    program.post("/notifications/read", {}, status=403)
    assert not one.read_at


def test_each_chooses_by_the_bell_and_by_mail(db, login, member, manager, invoice):
    anna = login(member)
    page = anna.get("/account").click("Choose what I am told")
    form = document_form(page)
    assert form.get("bell", index=1).checked
    form.set("bell", False, index=1)
    form.set("mail", "never", index=1)
    saved = form.submit("action", status=303).follow()
    assert "It is saved." in saved
    row = db.scalars(select(NotificationChoice)).one()
    assert (row.user_id, row.event, row.bell, row.mail) == (
        member.id,
        "invalidated",
        False,
        "never",
    )
    assert not document_form(saved).get("bell", index=1).checked
    press(anna.get(f"/invoices/{invoice.id}/"), "submit")
    press(manager.get(f"/invoices/{invoice.id}/"), "invalidate", reason="No")
    mine = select(Notification).where(Notification.recipient_id == member.id)
    assert db.scalars(mine).all() == []


def test_what_cannot_be_chosen_is_refused_and_nothing_is_kept(db, login, member):
    page = login(member).get("/notifications/choices")
    form = document_form(page)
    form.get("mail", index=0).force_value("by pigeon")
    refused = form.submit("action", status=422)
    assert db.scalars(select(NotificationChoice)).all() == []
    assert refused.html.select_one(".err-summary")


def test_each_is_offered_what_may_concern_them(db, login, member):
    def offered(user):
        page = login(user).get("/notifications/choices")
        return [one["value"] for one in page.html.select("input[name=__start__]")]

    mine = offered(member)
    assert mine[0] == "validated:mapping"
    assert "run_failed:mapping" not in mine
    admin = offered(make_user(db, roles={"admin"}))
    assert admin[-1] == "run_missed:mapping"
    assert "validated:mapping" not in admin
    options = login(member).get("/notifications/choices").html.select("select")[0]
    assert {one["value"] for one in options.select("option")} == set(BY_MAIL)


def test_an_administrator_goes_to_the_run_that_failed(db, login):
    admin, run = make_user(db, roles={"admin"}), make_run(db)
    one = make_notification(db, admin, run, event="run_failed")
    answer = login(admin).get(f"/notifications/{one.id}/", status=303)
    assert answer.location.endswith(f"/runs/{run.id}/")


def test_of_a_run_that_was_tidied_away_is_told_that_it_is_kept_no_longer(
    app, db, login
):
    boss, run = make_user(db, roles={"admin"}), make_run(db)
    one = make_notification(db, boss, run, event="run_failed")
    db.delete(run)
    db.flush()
    admin, program = login(boss), Program(app, db, boss)
    listed = admin.get("/notifications/").html.select_one(".notes .rec")
    assert listed.text == "It is validated."
    assert "href" not in listed.attrs
    assert program.get("/notifications/").json["notifications"][0]["record"] is None
    assert program.get(f"/notifications/{one.id}/").json["record"] is None
    assert "is not kept" in admin.get(f"/notifications/{one.id}/", status=410)
    db.refresh(one)
    assert one.read_at


def test_an_event_that_is_no_more_is_still_read(db, login, member, invoice):
    make_notification(db, member, invoice, event="of long ago")
    assert lines(login(member).get("/notifications/")) == ["It is validated."]


def test_a_member_elsewhere_is_told_nothing(db, login, manager, invoice):
    company = make_company(db)
    stranger = make_member(db, company, "self_validate", "record_payment")
    make_customer(db, company)
    press(manager.get(f"/invoices/{invoice.id}/"), "submit")
    press(manager.get(f"/invoices/{invoice.id}/"), "validate")
    assert lines(login(stranger).get("/notifications/")) == []


def test_what_comes_by_mail_alone_is_not_marked_with_all_that_is_listed(
    db, login, member, invoice
):
    by_mail = make_notification(db, member, invoice, bell=False, mail="daily")
    listed = make_notification(db, member, invoice)
    anna = login(member)
    anna.post("/notifications/read", {"csrf_token": token(anna)}, status=303)
    db.expire_all()
    assert (by_mail.read_at, listed.read_at is None) == (None, False)


@pytest.mark.parametrize("until", ["12x", "-1", "1e9", "99999999999999999999"])
def test_a_last_one_that_is_none_marks_nothing(db, login, member, invoice, until):
    listed = make_notification(db, member, invoice)
    anna = login(member)
    fields = {"csrf_token": token(anna), "until": until}
    anna.post("/notifications/read", fields, status=303)
    db.expire_all()
    assert listed.read_at is None


def test_an_id_never_comes_again(db, member, invoice):
    last = make_notification(db, member, invoice).id
    db.execute(delete(Notification))
    assert make_notification(db, member, invoice).id > last
