"""The page of a contact: who sees what of it, in HTML and JSON, and its memos."""

import pytest

from endi_like.models.contacts import (
    ContactElement,
    Employment,
)
from tests.factories import (
    make_company,
    make_customer,
    make_member,
    make_user,
)
from tests.functional.pages import save, words
from tests.functional.sharing import shared_contact

JSON = {"Accept": "application/json"}


@pytest.fixture
def here(db):
    return make_company(db, name="Here Ltd", code="HERE")


@pytest.fixture
def there(db):
    return make_company(db, name="There Ltd", code="THERE")


@pytest.fixture
def entity(db, here, there):
    """Return a contact with rows of its own and of two companies' accounts."""
    iban = "FR7630006000011234567890188"
    entity, mine, _theirs = shared_contact(db, here, there, iban=iban)
    vendor = make_customer(db, there, entity, class_="vendor", number="THEIRS-2")
    vendor.description = "Hush"
    telephone = ContactElement(kind="phone", value="+33 2 MINE", account=mine)
    entity.elements.insert(1, telephone)
    db.flush()
    return entity


SEEN = """
                   member  foreign  manager  auditor
Own Street         yes     -        yes      yes
Mine Street        yes     -        yes      yes
Theirs Street      no      -        yes      yes
+33 1 OWN          yes     -        yes      yes
+33 2 MINE         yes     -        yes      yes
theirs@x.example   no      -        yes      yes
MINE-1             yes     -        yes      yes
THEIRS-1           no      -        yes      yes
THEIRS-2           no      -        yes      yes
Hush               no      -        yes      yes
SLG                yes     -        yes      yes
Nolwenn Behind     no      -        yes      yes
Own memo           yes     -        yes      yes
Own subject        yes     -        yes      yes
Mine memo          yes     -        yes      yes
Theirs memo        no      -        yes      yes
"""


def table(text):
    head, *lines = text.strip("\n").splitlines()
    names = head.split()
    for line in lines:
        what, values = line[:19].strip(), line[19:].split()
        yield from (
            (what, who, value) for who, value in zip(names, values, strict=True)
        )


@pytest.fixture
def browser_of(db, here, login):
    def open_for(who):
        if who == "member":
            return login(make_member(db, here, language="en"))
        if who == "foreign":
            return login(make_member(db, make_company(db), language="en"))
        return login(make_user(db, roles=[who], language="en"))

    return open_for


@pytest.mark.parametrize("who", ["member", "foreign", "manager", "auditor"])
def test_A2_who_sees_what_of_a_contact_on_its_page_and_as_json(who, entity, browser_of):
    browser, url = browser_of(who), f"/contacts/{entity.id}/"
    expected = {what: seen for what, name, seen in table(SEEN) if name == who}
    if "-" in expected.values():
        browser.get(url, status=404)
        browser.get(url, headers=JSON, status=404)
        return

    page, program = browser.get(url), browser.get(url, headers=JSON)
    shown = words(page)

    assert {what: "yes" if what in shown else "no" for what in expected} == expected
    if who == "member":
        told = program.text
        assert {what: "yes" if what in told else "no" for what in expected} == expected
    memos = {"Own memo", "Own subject", "Mine memo", "Theirs memo"}
    rows = {what for what in expected if expected[what] == "yes"} - memos
    assert {what for what in rows if what in program.text} == rows


def test_what_happened_to_other_companies_accounts_stays_theirs(
    entity, db, here, browser_of
):
    manager = browser_of("manager")
    path = f"/contacts/{entity.id}/edit"
    save(manager.get(path), line_one_1="Mine Lane", line_one_2="Theirs Lane")
    save(manager.get(path), line_one_0="Own Lane")

    own = next(one for one in entity.accounts if one.company_id == here.id)
    shown = words(browser_of("member").get(f"/customers/{own.id}/"))
    for text in ("Mine Lane", "Own Lane"):
        assert text in shown
    assert "Theirs Lane" not in shown
    everything = words(manager.get(f"/contacts/{entity.id}/"))
    for text in ("Mine Lane", "Own Lane", "Theirs Lane"):
        assert text in everything


def test_a_page_says_what_looks_wrong(entity, browser_of):
    page = browser_of("manager").get(f"/contacts/{entity.id}/")

    assert "This is no IBAN, or its check digits are wrong." in words(page)
    assert page.html.select_one('a[href="tel:+331"]')
    assert page.html.select_one('a[href="mailto:theirs@x.example"]')


def test_the_way_from_contact_to_customer_and_back(entity, here, browser_of):
    own = next(one for one in entity.accounts if one.company_id == here.id)
    member = browser_of("member")
    url = f"/contacts/{entity.id}/"

    page = member.get(url)
    assert page.html.select_one(f'a[href="/customers/{own.id}/"]')
    assert page.html.select_one(f'a[href="/invoices/add?customer={own.id}"]')
    assert not page.html.select_one(f'a[href="{url}edit"]')
    member.get(f"{url}edit", status=403)
    assert member.get(f"/customers/{own.id}/").html.select_one(f'a[href="{url}"]')


def test_a_confidential_contact_is_there_for_social_workers_alone(
    db, here, entity, browser_of
):
    social = browser_of("social_worker")
    save(social.get(f"/contacts/{entity.id}/edit"), confidential=True)

    for who in ("member", "manager", "auditor", "accountant"):
        browser_of(who).get(f"/contacts/{entity.id}/", status=404)
    assert "Confidential" in words(social.get(f"/contacts/{entity.id}/"))
    own = next(one for one in entity.accounts if one.company_id == here.id)
    page = browser_of("member").get(f"/customers/{own.id}/")
    assert not page.html.select_one(f'a[href="/contacts/{entity.id}/"]')


def test_only_social_workers_may_say_that_somebody_is_confidential(browser_of, db):
    assert "confidential" not in browser_of("manager").get("/contacts/add").text
    page = browser_of("social_worker").get("/contacts/add")

    save(page, legal_name="Quéré", confidential=True).follow()


def test_who_names_a_confidential_person_keeps_them_unseen(entity, db, browser_of):
    (link,) = entity.people
    link.person.confidential = True
    account = entity.accounts[0]
    account.primary_contact = link.person
    entity.employments = [Employment(job_title="Cook")]
    db.flush()
    manager, url = browser_of("manager"), f"/contacts/{entity.id}/"

    for page in (manager.get(url), manager.get(f"{url}edit")):
        assert "Nolwenn" not in words(page).split("Timeline")[0]
    save(manager.get(f"{url}edit"), line_one_0="Elsewhere")

    db.refresh(entity)
    assert [one.person.name for one in entity.people] == ["Nolwenn Behind"]
    assert account.primary_contact.name == "Nolwenn Behind"
    assert [one.job_title for one in entity.employments] == ["Cook"], "of no company"
    page = save(browser_of("social_worker").get(f"{url}edit"), status=422)
    assert "“Nolwenn Behind” is known to the social service alone" in page.text


def test_users_are_linked_by_who_may_list_them(entity, db, login, browser_of):
    boss = login(make_user(db, roles=["manager", "admin"], language="en"))
    user = make_user(db, name="Claire Delmas")
    url = f"/contacts/{entity.id}/edit"

    assert 'name="user_id"' not in browser_of("manager").get(url).text
    page = boss.get(url)
    assert 'name="user_id"' in page.text
    entity.users = [user]
    db.flush()
    save(browser_of("manager").get(url), line_one_0="Elsewhere")
    db.refresh(entity)
    assert entity.users == [user]
    shown = words(boss.get(f"/contacts/{entity.id}/"))
    assert "Claire Delmas" in shown
    assert "Claire Delmas" not in words(
        browser_of("member").get(f"/contacts/{entity.id}/")
    )


def test_a_memo_is_about_an_account_and_keeps_what_it_said(
    entity, here, clock, browser_of
):
    manager, url = browser_of("manager"), f"/contacts/{entity.id}/"
    own = next(one for one in entity.accounts if one.company_id == here.id)
    page = manager.get(f"{url}memos/add")
    save(page, subject="Prices", text="First words", account_id=str(own.id))
    clock.advance(hours=1)
    shown = manager.get(url)
    edit = next(
        one["href"]
        for one in shown.html.select("a[href$='/edit']")
        if "memos" in one["href"]
    )

    save(manager.get(edit), text="Second words", subject="Terms")

    told = words(manager.get(url))
    for text in ("Terms", "Second words", "What it said before", "First words"):
        assert text in told
    assert "Prices" in told
    member = words(browser_of("member").get(f"/customers/{own.id}/"))
    assert "Second words" in member
    clock.advance(hours=1)
    save(manager.get(edit), private=True)
    assert "First words" not in words(browser_of("auditor").get(url))


def test_who_logs_in_is_in_the_history_for_who_sees_the_whole_contact(
    entity, db, here, login, browser_of
):
    boss = login(make_user(db, roles=["manager", "admin"], language="en"))
    user = make_user(db, name="Claire Delmas")
    entity.users = [user]
    db.flush()
    own = next(one for one in entity.accounts if one.company_id == here.id)

    assert "Users Claire Delmas" in words(boss.get(f"/contacts/{entity.id}/"))
    assert "Claire Delmas" not in words(
        browser_of("member").get(f"/customers/{own.id}/")
    )


def test_whom_a_contact_names_is_in_the_history_for_who_sees_the_whole_contact(
    entity, db, here, browser_of
):
    (link,) = entity.people
    own = next(one for one in entity.accounts if one.company_id == here.id)
    link.function = "Head"
    own.primary_contact = link.person
    entity.employments = [Employment(job_title="Cook")]
    db.flush()
    entity.employments[0].manager = link.person
    db.flush()

    manager = words(browser_of("manager").get(f"/contacts/{entity.id}/"))
    for text in ("Function of “Nolwenn Behind”", "Manager", "Contact person of"):
        assert text in manager.split("Timeline")[1]
    member, url = browser_of("member"), f"/customers/{own.id}/"
    for told in (
        words(member.get(url)),
        member.get(f"{url}timeline/", headers=JSON).text,
        member.get(f"{url}timeline/export.csv").text,
    ):
        assert "Nolwenn" not in told
        assert "MINE" in told


def test_a_company_is_told_that_an_address_is_no_longer_its_account_s_and_no_more(
    entity, db, here, there, browser_of
):
    manager, path = browser_of("manager"), f"/contacts/{entity.id}/edit"
    own, theirs = (
        next(one for one in entity.accounts if one.company_id == company.id)
        for company in (here, there)
    )
    # the fields of the same name above are those of the telephones
    save(manager.get(path), account_4=str(theirs.id), line_one_1="Secret Street")

    member = words(browser_of("member").get(f"/customers/{own.id}/"))
    assert "Account of “Mine Street” HERE MINE-1" in member
    for text in ("Secret", "THERE"):
        assert text not in member
    everything = words(manager.get(f"/contacts/{entity.id}/"))
    assert "Account of “Secret Street” THERE THEIRS-1" in everything
