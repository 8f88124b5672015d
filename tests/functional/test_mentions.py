"""Who is named in a memo is told of it, if they may read it."""

import pytest
from sqlalchemy import func, select

from endi_like.models.memos import Memo
from endi_like.models.notifications import Notification
from endi_like.models.people import User
from endi_like.services.notifications.documents import called
from endi_like.translation import translator
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.kinds import KEPT_TOGETHER, address_of
from tests.functional.pages import button, save, token
from tests.functional.test_memos import write

WRITTEN = "@paul @elsewhere @claire, please call back"


@pytest.fixture
def claire(db, company):
    return make_member(db, company, name="Claire", login="claire")


@pytest.fixture
def paul(db, company):
    return make_member(db, company, name="Paul", login="paul")


@pytest.fixture
def elsewhere(db):
    return make_member(db, make_company(db), login="elsewhere")


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer, status="valid")


@pytest.fixture(params=KEPT_TOGETHER)
def record(request):
    """The address of a record, and what a notification calls it."""
    node = request.getfixturevalue(KEPT_TOGETHER[request.param])
    return address_of(node), translator("en")(called(node))


def told(browser):
    return [
        one.text for one in browser.get("/notifications/").html.select(".notes .rec")
    ]


def test_whoever_is_named_in_a_memo_is_told_and_led_to_the_record(
    record, login, claire, paul, elsewhere
):
    address, called = record
    write(login(claire), address, WRITTEN)
    named = login(paul)
    assert told(named) == [f"Claire names you on {called}: {WRITTEN}"]
    assert told(login(elsewhere)) == told(login(claire)) == []
    opened = named.get("/notifications/").click(href=r"/notifications/\d+/$", index=0)
    assert opened.location.endswith(address)


def test_a_private_memo_names_nobody_until_it_is_shared(record, login, claire, paul):
    address, _called = record
    author, named = login(claire), login(paul)
    page = write(author, address, WRITTEN, private=True)
    assert told(named) == []
    edit = page.html.select_one("a[href*='/memos/'][href$='/edit']")["href"]
    save(author.get(edit), private=False)
    assert len(told(named)) == 1
    save(author.get(edit), text=f"{WRITTEN} on Monday")
    assert len(told(named)) == 1, "once for each memo"


def test_a_memo_that_is_refused_tells_nobody(record, login, claire, paul):
    author = login(claire)
    fields = {"csrf_token": token(author), "text": f"{WRITTEN} {'x' * 20_000}"}
    author.post(f"{record[0]}memos/add", {**fields, "action": "save"}, status=422)
    assert told(login(paul)) == []


def test_what_a_memo_said_is_taken_back_with_it(record, login, claire, paul):
    author, named = login(claire), login(paul)
    page = write(author, record[0], WRITTEN)
    assert len(told(named)) == 1
    button(page, "remove")
    assert told(named) == []


def test_what_a_memo_said_is_taken_back_when_it_becomes_private(
    record, login, claire, paul
):
    author, named = login(claire), login(paul)
    page = write(author, record[0], WRITTEN)
    edit = page.html.select_one("a[href*='/memos/'][href$='/edit']")["href"]
    save(author.get(edit), private=True)
    assert told(named) == []


def test_whoever_is_named_in_the_subject_is_told_too(db, invoice, login, claire, paul):
    author, named = login(claire), login(paul)
    address = address_of(invoice)
    fields = {"subject": "For @paul", "text": "Call back"}
    said = {"csrf_token": token(author), **fields, "action": "save"}
    author.post(f"{address}memos/add", said, status=303)
    (line,) = told(named)
    assert line.endswith("For @paul — Call back")


def test_what_is_put_back_is_told_to_whoever_was_not_told(
    db, invoice, login, claire, paul, clock
):
    author, named = login(claire), login(paul)
    also = make_member(db, invoice.company, login="anna")
    page = write(author, address_of(invoice), "@paul @anna call back")
    found = db.scalars(select(Notification).order_by(Notification.id))
    of_paul = next(one for one in found if one.recipient_id == paul.id)
    of_paul.mailed_at = of_paul.read_at = clock()
    db.flush()
    page = button(page, "remove").follow()
    assert told(named) == told(login(also)) == []
    clock.advance(minutes=1)
    button(page, "restore")
    assert len(told(named)) == len(told(login(also))) == 1
    waits = select(Notification).where(
        Notification.mailed_at.is_(None), Notification.read_at.is_(None)
    )
    assert [one.recipient_id for one in db.scalars(waits)] == [also.id]


def test_a_memo_on_an_account_tells_nobody_of_another_company(
    db, customer, login, paul, claire
):
    there = make_company(db)
    make_customer(db, there, entity=customer.entity)
    other = login(make_member(db, there, login="other"))
    manager = login(make_user(db, login="maud", roles={"manager"}))
    social = login(make_user(db, login="sue", roles={"social_worker"}))
    address = f"/contacts/{customer.entity.id}/"
    fields = {"text": "@paul @other @sue", "account_id": str(customer.id)}
    said = {"csrf_token": token(manager), **fields, "action": "save"}
    manager.post(f"{address}memos/add", said, status=303)
    assert told(other) == []
    assert len(told(social)) == 1
    paul = login(paul)
    (line,) = told(paul)
    assert "@paul @other" in line
    opened = paul.get("/notifications/").click(href=r"/notifications/\d+/$", index=0)
    assert opened.location.endswith(address)
    assert "@paul @other" in opened.follow().text, "where they are led to it is said"
    key = db.scalar(select(func.max(Memo.id)))
    other.get(f"{address}memos/{key}/", status=404)
    asked = select(Notification.recipient_id).where(Notification.mail == "at_once")
    names = select(User.login).where(User.id.in_(asked))
    assert set(db.scalars(names)) == {"paul", "sue"}
