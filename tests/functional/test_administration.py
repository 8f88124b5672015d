"""Administration: who gets there, and what happens to users and companies."""

import logging
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from endi_like.models.people import Company, User, UserSession
from endi_like.permissions import Permission
from endi_like.services.passwords import matches
from endi_like.services.users import set_password
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_user,
)
from tests.functional.pages import document_form, post, save

PASSWORD = "three blind oak benches"
HOSTILE = "<script>alert('é & ü')</script>"

COLLECTIONS = (
    "users",
    "companies",
    "vat-rates",
    "payment-modes",
    "payment-conditions",
    "bank-accounts",
    "mentions",
    "work-units",
    "organisation",
)
JSON = {"Accept": "application/json"}


@pytest.fixture
def boss(db):
    return make_user(db, name="Ada Boss", roles=["admin"])


@pytest.fixture
def admin(boss, login):
    return login(boss)


def find(db, login):
    return db.scalars(select(User).where(User.login == login)).one()


def typed(**changes):
    values = {
        "name": "Claire Martin",
        "login": "Claire",
        "email": "claire@example.org",
        "language": "fr",
        "active": "true",
        "password": "",
        "roles": [],
        "memberships": [],
    }
    return values | changes


def versioned(user, **changes):
    return typed(name=user.name, login=user.login, version=user.version, **changes)


def works_for(company, **rights):
    return {"company_id": company.id, **rights}


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("role", ["", "accountant", "manager"])
def test_A2_administration_does_not_exist_for_others(collection, role, db, login):
    user = make_member(db, make_company(db), roles=[role] if role else [])
    if (role, collection) == ("manager", "companies"):
        login(user).get("/companies/", status=200)
        login(user).get("/companies/add", status=403)
        return

    for path in ("", "add", "1/", "1/edit"):
        login(user).get(f"/{collection}/{path}", status=404)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_A2_an_auditor_reads_and_changes_nothing(collection, db, login, boss):
    make_company(db)
    auditor = login(make_user(db, roles=["auditor"]))

    page = auditor.get(f"/{collection}/", status="*")
    page = page.follow() if page.status_int == 303 else page
    assert f"/{collection}/add" not in page.text
    token = auditor.get("/account").html.select_one("[name=csrf_token]")["value"]
    for path in ("add", "1/edit"):
        found = auditor.post(
            f"/{collection}/{path}", {"csrf_token": token, "name": "x"}, status="*"
        )
        assert found.status_int in (403, 404)


def test_a_new_user_logs_in_and_has_the_rights_given(admin, visitor, db, clock):
    company, other = make_company(db), make_company(db)
    rows = [
        works_for(company, self_validate="true", ceiling="1,000.50"),
        works_for(other, record_payment="true"),
    ]
    answer = post(
        admin,
        "/users/add",
        typed(password=PASSWORD, roles=["manager"], memberships=rows),
    )

    user = find(db, "claire")
    assert answer.location == f"http://localhost/users/{user.id}/"
    assert user.roles == {"manager"}
    assert {one.company_id: (one.rights, one.ceiling) for one in user.memberships} == {
        company.id: ({"self_validate"}, Decimal("1000.50")),
        other.id: ({"record_payment"}, None),
    }
    page = answer.follow()
    assert "up to 1,000.50 before tax" in page.text
    clock.advance(seconds=5)
    form = visitor.get("/login").forms[0]
    form["login"], form["password"] = "CLAIRE", PASSWORD
    form.submit("action", status=303)


def test_a_user_without_password_cannot_log_in_yet(admin, db):
    page = post(admin, "/users/add", typed()).follow()

    assert "none yet: the user cannot log in" in page.text
    assert not matches(find(db, "claire").password_hash, "")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"login": ""}, "login", "Please fill this in."),
        ({"login": "TAKEN"}, "login", "Another user has this login."),
        ({"email": "nobody"}, "email", "is not an e-mail address"),
        ({"password": "short"}, "password", "at least 10 characters"),
        ({"password": "1234567890"}, "password", "among the commonest"),
        ({"password": "claire@example.org"}, "password", "the first thing somebody"),
        ({"roles": ["emperor"]}, "roles", "cannot be chosen here"),
        ({"language": "xx"}, "language", "cannot be chosen here"),
    ],
)
def test_what_is_wrong_with_a_user_is_said_at_its_field(
    changes, field, sentence, admin, db
):
    make_user(db, login="taken")

    page = post(admin, "/users/add", typed(**changes), status=422)

    assert sentence in page.html.select_one(f"#{field}-error").text
    assert document_form(page)["name"].value == "Claire Martin"
    assert document_form(page)["password"].value == ""
    assert changes.get("password", "?") not in page.html.find("main").text
    assert db.scalars(select(User).where(User.name == "Claire Martin")).all() == []


def test_what_is_wrong_with_a_membership_is_said_in_its_row(admin, db):
    company = make_company(db)
    rows = [works_for(company, ceiling="5"), works_for(company)]
    page = post(admin, "/users/add", typed(memberships=rows), status=422)
    assert "A ceiling is for somebody who validates alone." in page.text
    assert 'value="5.00"' in page.text or 'value="5"' in page.text

    rows = [{"company_id": "", "record_payment": "true"}]
    page = post(admin, "/users/add", typed(memberships=rows), status=422)
    assert "Please fill this in." in page.text

    rows = [works_for(company), works_for(company)]
    page = post(admin, "/users/add", typed(memberships=rows), status=422)
    assert "Name each company once only." in page.text


def test_a_row_that_was_added_and_left_alone_is_nothing(admin, db):
    rows = [{"company_id": "", "ceiling": ""}]

    post(admin, "/users/add", typed(memberships=rows))

    assert find(db, "claire").memberships == []


def test_a_company_that_does_not_exist_has_no_members(admin, db):
    rows = [{"company_id": 987_654}]

    page = post(admin, "/users/add", typed(memberships=rows), status=422)

    assert "cannot be chosen here" in page.text


def test_memberships_are_changed_and_taken_away(admin, db):
    first, second, third = (make_company(db) for _number in range(3))
    user = make_member(db, first, "self_validate")
    make_membership(db, user, second)
    rows = [works_for(first, record_payment="true"), works_for(third)]
    version = user.version

    post(admin, f"/users/{user.id}/edit", versioned(user, memberships=rows))

    assert {one.company_id: one.rights for one in user.memberships} == {
        first.id: {"record_payment"},
        third.id: set(),
    }
    assert user.version == version + 1


def test_two_administrators_do_not_overwrite_each_other(admin, db, login):
    company, user = make_company(db), make_user(db, login="claire")
    other = login(make_user(db, roles=["admin"]))
    mine, theirs = versioned(user), versioned(user, memberships=[works_for(company)])
    post(other, f"/users/{user.id}/edit", theirs)

    page = post(admin, f"/users/{user.id}/edit", mine, status=409)

    assert "Nothing you typed is lost" in page.text
    assert [one.company_id for one in user.memberships] == [company.id]


def open_sessions(db, user):
    query = select(UserSession).where(
        UserSession.user_id == user.id, UserSession.ended_at.is_(None)
    )
    return len(db.scalars(query).all())


@pytest.mark.parametrize("changes", [{"active": "false"}, {"password": PASSWORD}])
def test_shutting_out_and_a_new_password_end_all_sessions(changes, admin, db, login):
    user = make_user(db)
    browser = login(user)
    browser.get("/account", status=200)

    post(admin, f"/users/{user.id}/edit", versioned(user, **changes))

    assert open_sessions(db, user) == 0
    browser.get("/account", status=303)


def test_other_changes_leave_the_sessions_alone(admin, db, login):
    user = make_user(db)
    set_password(db, user, PASSWORD, now=NOW - timedelta(days=1))
    browser = login(user)

    post(admin, f"/users/{user.id}/edit", versioned(user, roles=["auditor"]))

    browser.get("/invoices/", status=200)
    assert matches(user.password_hash, PASSWORD)


def test_nobody_shuts_themselves_out(admin, boss, db):
    make_user(db, roles=["admin"])
    values = versioned(boss, roles=["admin"], active="false")

    page = post(admin, f"/users/{boss.id}/edit", values, status=422)

    assert "You cannot shut yourself out" in page.html.select_one("#active-error").text
    assert boss.active


def test_the_last_administrator_stays_one(admin, boss, db):
    make_user(db, roles=["admin"], active=False)

    page = post(admin, f"/users/{boss.id}/edit", versioned(boss), status=422)

    assert "last administrator" in page.html.select_one("#roles-error").text
    assert boss.roles == {"admin"}
    make_user(db, roles=["admin", "manager"])
    post(admin, f"/users/{boss.id}/edit", versioned(boss))
    assert boss.roles == set()
    admin.get("/users/", status=404)


def test_A13_a_password_is_never_shown_nor_logged(admin, db, caplog):
    user = make_user(db)
    with caplog.at_level(logging.INFO, logger="endi_like"):
        values = versioned(user, password=PASSWORD)
        page = post(admin, f"/users/{user.id}/edit", values).follow()

    found = admin.get(f"/users/{user.id}/", headers=JSON)
    for text in (page.text, found.text, caplog.text):
        assert PASSWORD not in text
        assert user.password_hash not in text
    assert f"saved user {user.id}" in caplog.text
    assert "password" in caplog.text


def company_values(**changes):
    return {"name": "Atelier", "code": "ATE", "active": "true"} | changes


def test_a_company_is_founded_and_shows_its_members(admin, db):
    values = company_values(iban="FR76 3000 6000 0112 3456 7890 189", country="Belgium")
    answer = post(admin, "/companies/add", values)
    company = db.scalars(select(Company).where(Company.code == "ATE")).one()
    assert answer.location == f"http://localhost/companies/{company.id}/"
    assert "Nobody works for this company yet" in answer.follow().text
    assert (company.iban, company.country) == ("FR7630006000011234567890189", "BE")

    user = make_member(
        db, company, "self_validate", ceiling="1000", name="Claire Martin"
    )
    page = admin.get(f"/companies/{company.id}/")

    assert page.html.select_one(f"a[href$='/users/{user.id}/']").text == "Claire Martin"
    assert "up to 1,000.00 before tax" in page.text
    assert admin.get(f"/companies/{company.id}/", headers=JSON).json["code"] == "ATE"


def test_no_two_companies_have_one_code(admin, db):
    make_company(db, code="ATE")

    page = post(admin, "/companies/add", company_values(code="ate"), status=422)

    assert "Another company has this code." in page.html.select_one("#code-error").text


def test_the_code_of_official_numbers_stays(admin, db):
    company = make_company(db, code="OLD")
    path = f"/companies/{company.id}/edit"
    save(admin.get(path), code="NEW")
    assert company.code == "NEW"
    make_invoice(db, make_customer(db, company), status="valid")

    page = save(admin.get(path), status=422, code="NEWER", name="Another name")

    assert "official numbers" in page.html.select_one("#code-error").text
    assert document_form(page)["name"].value == "Another name"
    assert company.code == "NEW"
    save(admin.get(path), name="Another name")
    assert company.name == "Another name"


def test_A4_a_manager_reads_companies_without_what_is_not_theirs(db, login):
    company = make_company(db)
    member = make_member(db, company)
    manager = login(make_user(db, roles=["manager"]))

    page = manager.get(f"/companies/{company.id}/")

    assert member.name in page.text
    assert f"/users/{member.id}/" not in page.text
    assert f"/companies/{company.id}/edit" not in page.text
    assert f"/invoices/?company={company.id}" in page.text


def test_hostile_names_are_shown_as_text(admin, db):
    company = make_company(db, name=HOSTILE, address=HOSTILE)
    user = make_member(db, company, name=HOSTILE)

    for path in (
        "/users/",
        f"/users/{user.id}/",
        f"/users/{user.id}/edit",
        "/companies/",
        f"/companies/{company.id}/",
        f"/companies/{company.id}/edit",
    ):
        page = admin.get(path)
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text


def test_a_list_offers_to_add_what_may_be_added(admin):
    for collection in COLLECTIONS[:-1]:
        assert f"/{collection}/add" in admin.get(f"/{collection}/").text


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("users", typed()),
        ("companies", {"name": "New", "code": "NEW", "country": "FR"}),
        ("work-units", {"label": "mile", "active": "true"}),
    ],
)
def test_whoever_adds_is_asked_for_the_right_on_just_that(
    admin, monkeypatch, app, name, values
):
    kind = app.registry["resources"][name]
    monkeypatch.setattr(kind, "granted", lambda _self, held: held - {Permission.ADD})

    post(admin, f"/{name}/add", values, status=403)

    monkeypatch.undo()
    post(admin, f"/{name}/add", values, status=303)
