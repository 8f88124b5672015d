"""The list of likely duplicates, and who is told of whom while typing."""

import json

import pytest
from sqlalchemy import select

from endi_like.models.contacts import (
    ContactElement,
    Entity,
    EntityMerge,
    EntityPair,
)
from endi_like.models.jobs import Job
from endi_like.services.beside import Signature
from endi_like.services.contacts.anonymising import anonymise
from endi_like.services.contacts.duplicates.asking import JOB
from endi_like.services.contacts.duplicates.finding import find, keep
from tests.attaching import JSON
from tests.factories import (
    AUTHOR,
    NOW,
    make_company,
    make_customer,
    make_entity,
    make_member,
    make_user,
)
from tests.functional.pages import post, save


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles=["manager"], name="Benoît", language="en"))


def with_role(db, login, role):
    return login(make_user(db, roles=[role], language="en"))


def make_pair(db, **columns):
    made = [
        make_entity(db, name, phone=phone, **columns)
        for name, phone in (("Nord Bau GmbH", "01 22 33 44 55"), ("NORD BAU GMBH", ""))
    ]
    keep(db, find(db))
    db.flush()
    return made


def test_pairs_are_shown_side_by_side_with_the_reasons(manager, db):
    first, second = make_pair(db)

    page = manager.get("/contacts/duplicates")

    for part in (first.name, second.name, first.control_code, second.control_code):
        page.mustcontain(part)
    page.mustcontain("01 22 33 44 55", "Only one of the names is in capitals.")
    page.mustcontain(f"/contacts/{first.id}/merge?with={second.id}")


def test_what_is_not_the_same_is_remembered_and_can_be_taken_back(manager, db):
    make_pair(db)
    page = manager.get("/contacts/duplicates")

    page = form_of(page).submit("answer", value="different")
    page = page.follow()
    page.mustcontain("No pairs here")
    keep(db, find(db))
    manager.get("/contacts/duplicates").mustcontain("No pairs here")
    page = manager.get("/contacts/duplicates?show=dismissed")
    page.mustcontain("Benoît")
    form_of(page).submit("answer", value="open")

    assert db.scalars(select(EntityPair.dismissed_at)).one() is None
    manager.get("/contacts/duplicates").mustcontain("NORD BAU GMBH")


def form_of(page):
    return next(one for one in page.forms.values() if "pair" in one.fields)


def test_programs_read_and_answer_the_same(manager, db):
    first, second = make_pair(db)

    found = manager.get("/contacts/duplicates?fmt=json").json

    (row,) = found["rows"]
    assert (found["total"], found["next"], row["score"]) == (1, None, 95)
    assert [one["id"] for one in row["contacts"]] == [first.id, second.id]


@pytest.mark.parametrize(
    ("role", "opened", "hidden"),
    [
        ("manager", True, False),
        ("social_worker", False, True),
        ("accountant", None, None),
        ("auditor", None, None),
        ("admin", None, None),
    ],
)
def test_only_who_may_merge_is_shown_pairs(db, login, role, opened, hidden):
    make_pair(db)
    make_pair(db, confidential=True)
    assert len(db.scalars(select(EntityPair)).all()) == 2
    user = with_role(db, login, role)

    if opened is None:
        user.get("/contacts/duplicates", status=(403, 404))
        return
    found = user.get("/contacts/duplicates?fmt=json").json
    assert found["total"] == opened + hidden


def test_nobody_answers_for_pairs_they_do_not_see(manager, db):
    make_pair(db, confidential=True)
    pair = db.scalars(select(EntityPair)).one()
    token = manager.get("/contacts/duplicates?show=possible")

    for key in (str(pair.id), "", "x", "-1", "9" * 30):
        fields = {"pair": key, "answer": "different", "csrf_token": csrf(token)}
        manager.post("/contacts/duplicates", fields, status=404)
    assert pair.dismissed_at is None


def csrf(page):
    return next(
        form["csrf_token"].value
        for form in page.forms.values()
        if "csrf_token" in form.fields
    )


@pytest.mark.parametrize(
    "query",
    ["show=x", "after=x", "after=9.9.9", f"after={'9' * 40}.1", "after=%C2%B2.1"],
)
def test_nonsense_is_the_first_page(manager, db, query):
    make_pair(db)

    manager.get(f"/contacts/duplicates?{query}").mustcontain("NORD BAU GMBH")


def test_the_next_page_goes_on_where_this_one_ends(manager, db):
    for number in range(26):
        make_entity(db, f"Nord {number} Bau", phone=f"01 22 33 44 {number}")
        make_entity(db, f"NORD {number} BAU", phone=f"01 22 33 44 {number}")
    keep(db, find(db))
    first = manager.get("/contacts/duplicates?fmt=json").json
    second = manager.get(f"/contacts/duplicates?fmt=json&after={first['next']}").json

    ids = [row["id"] for row in first["rows"] + second["rows"]]
    assert len(set(ids)) == len(ids) == first["total"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("legal_name=nord bau gmbh&city=saint brieuc", "Same name and same city."),
        ("legal_name=Nodr Bau&city=Saint-Brieuc", "Same name and same city."),
        ("phone=%3B0122334455", "Same telephone number."),
        ("email=JO@Nord.example", "Same e-mail address."),
        ("vat_number=de 123-456 789", "Same VAT number."),
        ("tax_id=12/345/678", "Same tax number."),
        ("legal_name=Nord Bau&city=Rennes", None),
        ("legal_name=Nord Bau", None),
        ("email=nord", None),
        ("phone=0", None),
        ("", None),
        ("kind=nonsense&email=%25@&but=x&confidential=yes&iban=%27", None),
    ],
)
def test_who_is_typed_again_is_told(manager, db, query, why):
    known = make_entity(
        db,
        "Nord Bau GmbH",
        phone="01 22 33 44 55",
        email="jo@nord.example",
        vat_number="DE123456789",
        tax_id="12345678",
    )

    found = manager.get(f"/contacts/alike?{query}").json

    assert [one["why"] for one in found] == ([[why]] if why else [])
    if why:
        assert found[0]["url"] == f"/contacts/{known.id}/"
        assert manager.get(f"/contacts/alike?{query}&but={known.id}").json == []


def test_of_another_companys_customer_nobody_is_told(db, login):
    own, other = make_company(db), make_company(db)
    member = login(make_member(db, own))
    hers = make_customer(db, own, name="Nord Bau", phone="01 22 33 44 55").entity
    theirs = make_customer(db, other, name="Nord Bau", phone="01 22 33 44 55")
    # an account of the other company, of somebody both have to do with
    account = make_customer(db, other, entity=hers)
    element = ContactElement(kind="phone", value="06 11 11 11 11", account=account)
    hers.elements.append(element)
    db.flush()

    found = member.get("/contacts/alike?phone=0122334455").json

    assert [one["id"] for one in found] == [hers.id] != [theirs.entity_id]
    assert member.get("/contacts/alike?phone=0611111111").json == []


def test_of_the_confidential_only_social_workers_are_told(db, login):
    hidden = make_entity(db, "Nord Bau", phone="01 22 33 44 55", confidential=True)
    query = "/contacts/alike?phone=0122334455"

    for role in ("manager", "accountant", "auditor"):
        user = with_role(db, login, role)
        assert user.get(query).json == []
        assert user.get(f"{query}&confidential=true").json == []
    social_worker = with_role(db, login, "social_worker")
    assert social_worker.get(query).json == []
    (found,) = social_worker.get(f"{query}&confidential=true").json
    assert found["id"] == hidden.id


def test_saving_asks_whether_it_is_another_one(manager, db):
    known = make_entity(db, "Nord Bau GmbH", phone="01 22 33 44 55")
    page = manager.get("/contacts/add")

    page = save(page, status=422, legal_name="Süd Bau", value_0="0122334455")
    page.mustcontain("There is a contact like this already", f"/contacts/{known.id}/")
    page.mustcontain("Same telephone number.")
    save(page, another="true")

    (job,) = db.scalars(select(Job).where(Job.name == "compare_contacts"))
    entity = db.scalars(select(Entity).where(Entity.legal_name == "Süd Bau")).one()
    assert json.loads(job.payload) == {"ids": [entity.id]}
    # what was said once is not asked again
    save(manager.get(f"/contacts/{entity.id}/edit"), legal_name="Süd Bau AG")
    assert entity.name == "Süd Bau AG"


# What becomes of the list when contacts go, come back, or become one


def work(db):
    """Do the comparisons that are asked for; return of whom they were."""
    asked = db.scalars(select(Job).where(Job.name == JOB, Job.state == "waiting")).all()
    ids = [key for one in asked for key in json.loads(one.payload)["ids"]]
    for one in asked:
        db.delete(one)
    some = frozenset(ids)
    keep(db, find(db, some), some)
    db.flush()
    return sorted(ids)


def pairs(db):
    query = select(EntityPair.first_id, EntityPair.second_id)
    return sorted(tuple(row) for row in db.execute(query))


def listed(browser):
    rows = browser.get("/contacts/duplicates", headers=JSON).json["rows"]
    return sorted(tuple(one["id"] for one in row["contacts"]) for row in rows)


def version_of(db, entity):
    db.refresh(entity)
    return str(entity.version)


def test_pairs_go_with_who_is_put_into_the_bin_and_come_back(manager, db):
    first, second = make_pair(db)
    url = f"/contacts/{second.id}/"

    post(manager, f"{url}delete", {"version": version_of(db, second)})
    assert listed(manager) == []
    assert work(db) == [second.id]
    assert pairs(db) == []

    post(manager, f"{url}restore", {"version": version_of(db, second)})
    assert work(db) == [second.id]
    assert listed(manager) == pairs(db) == [(first.id, second.id)]


def test_who_became_one_is_in_no_pair_and_the_one_that_stays_in_its_own(manager, db):
    first, second = make_pair(db)
    third = make_entity(
        db, "Süd Bau KG", phone="01 22 33 44 55", vat_number="DE136695976"
    )
    other = make_entity(db, "Sud Bau", vat_number="DE136695976")
    keep(db, find(db))
    assert (third.id, other.id) in pairs(db)
    assert (second.id, other.id) not in pairs(db)
    url = f"/contacts/{second.id}/"

    sent = {
        "with": str(third.id),
        "version": version_of(db, second),
        "other_version": version_of(db, third),
    }
    post(manager, f"{url}merge", sent)
    assert (third.id, other.id) not in listed(manager)
    assert work(db) == [second.id, third.id]
    assert listed(manager) == [(first.id, second.id), (second.id, other.id)]

    merge = db.scalars(select(EntityMerge)).one()
    sent = {"merge": str(merge.id), "version": version_of(db, second)}
    post(manager, f"{url}unmerge", sent)
    assert work(db) == [second.id, third.id]
    found = pairs(db)
    assert (first.id, second.id) in found
    assert (third.id, other.id) in found
    assert (second.id, other.id) not in found


def test_nobody_who_is_forgotten_looks_like_another(db):
    # among so many are some whose numbers are made of the same digits
    gone = [make_entity(db, f"Person {n}", kind="person") for n in range(20)]
    for one in gone:
        anonymise(db, one, Signature(AUTHOR, NOW), one.control_code)

    assert find(db) == {}
    assert find(db, frozenset(one.id for one in gone)) == {}
