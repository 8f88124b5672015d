"""Who changed what of users, companies, the organisation and the options."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from endi_like.models.administration import AdministrationChange
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company, User
from endi_like.services.administered import LAST
from endi_like.services.passwords import hash_password
from endi_like.services.users import set_password
from tests.factories import (
    NOW,
    make_business_type,
    make_company,
    make_member,
    make_user,
    make_vat,
)
from tests.functional.pages import post, save, words

JSON = {"Accept": "application/json"}
PASSWORD = "three blind oak benches"
OPTION = {"label": "Label", "position": "1", "active": "true"}

KINDS = {
    "vat-rates": (
        VatRate,
        OPTION | {"kind": "charged", "value": "5.5"},
        {"value": "6.50"},
        "Per cent 5.50 6.50",
    ),
    "payment-modes": (PaymentMode, OPTION, {"label": "Other"}, "Label Label Other"),
    "payment-conditions": (
        PaymentConditions,
        OPTION | {"days": "45"},
        {"end_of_month": True},
        "At the end of that month no yes",
    ),
    "bank-accounts": (BankAccount, OPTION, {"bic": "AGRIFRPP"}, "BIC AGRIFRPP"),
    "mentions": (
        Mention,
        OPTION | {"text": "Pay soon."},
        {"text": "Pay now."},
        "Text Pay soon. Pay now.",
    ),
    "business-types": (BusinessType, OPTION, {"active": False}, "Offered yes no"),
    "work-units": (WorkUnit, OPTION, {"default": True}, "Preset no yes"),
    "companies": (
        Company,
        {"name": "Label", "code": "LAB", "country": "FR"},
        {"country": "BE"},
        "Country France Belgium",
    ),
    "users": (
        User,
        {"name": "Label", "login": "label", "language": "fr", "active": "true"},
        {"language": "de"},
        "Language Français Deutsch",
    ),
    "organisation": (Organisation, None, {"bic": "AGRIFRPP"}, "BIC AGRIFRPP"),
}
"""What is kept of each kind: as it is made, what is changed, and how that is told."""


@pytest.fixture
def boss(db):
    return make_user(db, name="Ada Boss", roles=["admin"])


@pytest.fixture
def admin(boss, login):
    return login(boss)


@pytest.fixture
def auditor(db, login):
    return login(make_user(db, roles=["auditor"]))


def told(browser, url):
    """Return what a page says was changed, one text an entry, the newest first."""
    page = browser.get(url, status="*").maybe_follow()
    entries = page.html.select("section[aria-labelledby=past] .timeline > li")
    for moment in page.html.select("section[aria-labelledby=past] time"):
        moment.decompose()
    return [" ".join(one.get_text(" ").split()) for one in entries]


def kept(db, row):
    """Return what is kept of a row: by whom, which field, before and after."""
    past = AdministrationChange
    query = select(past.actor_id, past.field, past.before, past.after)
    mine = query.where(past.what == row.__tablename__, past.row_id == row.id)
    return [tuple(one) for one in db.execute(mine.order_by(past.id))]


@pytest.mark.parametrize("collection", KINDS)
def test_made_changed_and_removed_are_told_with_who(collection, admin, boss, db, clock):
    kind, values, edit, said = KINDS[collection]
    row = db.get(Organisation, 1)
    if values:
        rows = {"memberships": [], "roles": []} if kind is User else {}
        post(admin, f"/{collection}/add", values | rows)
        row = db.scalars(select(kind).order_by(kind.id.desc())).first()
        assert kept(db, row)[0] == (boss.id, "", None, "Label")
    clock.advance(seconds=60)
    save(admin.get(f"/{collection}/{row.id}/edit"), **edit)

    first, *rest = told(admin, f"/{collection}/{row.id}/")

    assert first == f"Ada Boss changed it {said}"
    if values:
        assert rest[-1].startswith("Ada Boss added it")
        assert len(rest) == 1
        db.delete(row)
        db.flush()
        assert (1, "", row.title, None) in kept(db, row)


@pytest.mark.parametrize("collection", KINDS)
def test_who_only_reads_sees_it_too_and_a_program_is_told(
    collection, admin, auditor, boss, db
):
    kind, values, edit, _said = KINDS[collection]
    row = db.get(Organisation, 1)
    if values:
        rows = {"memberships": [], "roles": []} if kind is User else {}
        post(admin, f"/{collection}/add", values | rows)
        row = db.scalars(select(kind).order_by(kind.id.desc())).first()
    save(admin.get(f"/{collection}/{row.id}/edit"), **edit)

    assert told(auditor, f"/{collection}/{row.id}/")
    past = auditor.get(f"/{collection}/{row.id}/", headers=JSON).json["past"]
    assert {"at", "who", "row", "field", "before", "after"} == past[0].keys()
    assert past[0]["who"] == "Ada Boss"
    (name,) = edit
    assert name in {one["field"] for one in past}


def test_what_nobody_changed_is_not_told(admin, db, clock):
    rate = make_vat(db, "7")
    before = kept(db, rate)

    save(admin.get(f"/vat-rates/{rate.id}/edit"))

    assert kept(db, rate) == before
    company = make_company(db)
    save(admin.get(f"/companies/{company.id}/edit"))
    assert [field for _who, field, *_rest in kept(db, company)].count("") == 1


def test_who_loses_the_preset_is_told_of_as_well(admin, boss, db):
    old = make_business_type(db, "Works")
    save(admin.get(f"/business-types/{old.id}/edit"), default=True)

    post(admin, "/business-types/add", OPTION | {"default": "true"})

    assert kept(db, old)[-1] == (boss.id, "default", "True", "False")


def test_rights_and_roles_are_told_in_words(admin, boss, db, clock):
    company = make_company(db, name="Atelier")
    user = make_member(db, company, "record_payment", name="Claire")
    values = {
        "name": "Claire",
        "login": user.login,
        "language": "en",
        "active": "true",
        "roles": ["manager"],
        "memberships": [
            {"company_id": company.id, "self_validate": "true", "ceiling": "500"}
        ],
        "version": user.version,
    }
    clock.advance(seconds=60)
    post(admin, f"/users/{user.id}/edit", values)

    (on_user, *_), (on_company, *_) = (
        told(admin, f"/users/{user.id}/"),
        told(admin, f"/companies/{company.id}/"),
    )
    assert "Roles Manager: validates, sees every company" in on_user
    assert "Atelier: Rights Records the company's payments Validates" in on_user
    assert "Atelier: Validates alone up to 500.00" in on_user
    assert on_company.startswith("Ada Boss changed it Claire: Rights")

    boss.language = "fr"
    db.flush()
    (on_user, *_) = told(admin, f"/users/{user.id}/")
    assert "Gestion" in on_user
    assert "Enregistre les paiements de l’enseigne" in on_user


def test_who_joins_and_leaves_is_told_on_both_pages(admin, boss, db, clock):
    company, user = make_company(db, name="Atelier"), make_user(db, name="Claire")
    plain = {"name": "Claire", "login": user.login, "language": "en", "active": "true"}
    sent = {**plain, "roles": [], "version": user.version}
    rows = [{"company_id": company.id}]
    version = user.version
    clock.advance(seconds=60)
    post(admin, f"/users/{user.id}/edit", sent | {"memberships": rows})
    assert told(admin, f"/users/{user.id}/")[0] == "Ada Boss changed it Company Atelier"
    assert user.version > version

    clock.advance(seconds=60)
    sent |= {"memberships": [], "version": user.version}
    post(admin, f"/users/{user.id}/edit", sent)

    assert kept(db, user)[-1] == (boss.id, "membership", "Atelier", None)
    assert kept(db, company)[-1] == (boss.id, "membership", "Claire", None)
    assert told(admin, f"/companies/{company.id}/")[0].endswith("Member Claire")


def test_roles_changed_together_with_companies_are_told_too(admin, boss, db):
    company, user = make_company(db), make_user(db, roles=["auditor"])
    sent = {"name": user.name, "login": user.login, "language": "en", "active": "true"}
    rows = [{"company_id": company.id}]
    sent |= {"roles": ["admin"], "memberships": rows, "version": user.version}

    post(admin, f"/users/{user.id}/edit", sent)

    assert (boss.id, "roles", "auditor", "admin") in kept(db, user)


def test_of_a_password_only_that_it_is_another(admin, boss, auditor, db):
    user = make_user(db)
    sent = {"name": user.name, "login": user.login, "language": "en", "active": "true"}
    sent |= {"roles": [], "memberships": [], "version": user.version}

    post(admin, f"/users/{user.id}/edit", sent | {"password": PASSWORD})

    assert kept(db, user)[-1] == (boss.id, "password", None, None)
    assert told(auditor, f"/users/{user.id}/")[0] == (
        "Ada Boss changed it Password changed"
    )
    answer = auditor.get(f"/users/{user.id}/", headers=JSON)
    for secret in (PASSWORD, user.password_hash, "argon2"):
        assert secret not in answer.text
    stored = select(func.count()).select_from(AdministrationChange)
    leaked = AdministrationChange.after.contains("argon2")
    assert db.scalar(stored.where(leaked)) == 0


def test_a_password_of_ones_own_is_told_and_hashing_it_anew_is_not(db):
    user = make_user(db)
    set_password(db, user, PASSWORD, now=NOW)
    db.flush()
    assert kept(db, user)[-1] == (1, "password", None, None)
    before = kept(db, user)

    user.password_hash = hash_password(PASSWORD)
    db.flush()

    assert kept(db, user) == before


@pytest.mark.parametrize("role", ["", "manager", "accountant"])
def test_who_only_looks_is_told_nothing(role, login, db):
    company = make_company(db)
    kind = make_business_type(db)
    user = make_member(db, company, roles=[role] if role else [])
    pages = [f"/business-types/{kind.id}/"]
    pages += [f"/companies/{company.id}/"] if role == "manager" else []
    for url in pages:
        page = login(user).get(url, status=(200, 303)).maybe_follow()
        assert "What changed" not in words(page)
        found = login(user).get(url, headers=JSON, status=(200, 403))
        assert "past" not in found.json


@pytest.mark.parametrize("verb", ["UPDATE {} SET after = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_told(verb, db):
    make_company(db)

    with pytest.raises(DBAPIError, match="cannot be changed"):
        db.execute(text(verb.format("administration_change")))


def test_a_page_tells_the_last_changes_only(admin, db, clock):
    company = make_company(db)
    for at in range(LAST + 10):
        clock.advance(seconds=1)
        company.name = f"Name {at}"
        db.flush()

    entries = told(admin, f"/companies/{company.id}/")

    assert len(entries) == LAST
    assert entries[0].endswith(f"Name Name {LAST + 8} Name {LAST + 9}")


def test_a_form_that_adds_has_no_past(admin):
    for path in ("/vat-rates/add", "/users/add", "/companies/add"):
        assert "What changed" not in words(admin.get(path))
