"""Who may find whom by what: the same rows in page, count, export and JSON."""

from __future__ import annotations

from datetime import timedelta

import pytest

from endi_like.grids import searched
from endi_like.grids.contacts import AccountGrid, ContactGrid
from endi_like.models.contacts import Address, ContactElement, EntityAlias
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.resources.contacts import EntityResource
from endi_like.resources.core import Collection
from endi_like.services.contacts.search.hits import hits
from endi_like.services.rights.sight import EVERYTHING
from tests.factories import (
    NOW,
    TODAY,
    identity,
    make_company,
    make_customer,
    make_entity,
    make_member,
    make_user,
)
from tests.unit.grids.test_contacts import OPEN, noted, params, split

SEEN = """
what is asked        | one | other | manager | social_worker | auditor | nobody
                     | 1   | 1     | 1 2     | 1 2 3         | 1 2     | -
name=garage          | 1   | 1     | 1 2     | 1 2 3         | 1 2     | -
name=shared          | 1   | 1     | 1       | 1             | 1       | -
name=secret          | -   | -     | -       | 3             | -       | -
control_code=x-      | 1   | 1     | 1 2     | 1 2 3         | 1 2     | -
control_code=s-gone  | -   | -     | -       | 3             | -       | -
account_number=one   | 1   | -     | 1       | 1             | 1       | -
account_number=other | -   | 1     | 1       | 1             | 1       | -
account_number=was   | -   | 1     | 1       | 1             | 1       | -
city=own             | 1   | 1     | 1       | 1             | 1       | -
city=ofone           | 1   | -     | 1       | 1             | 1       | -
city=ofother         | -   | 1     | 1       | 1             | 1       | -
country=DK           | -   | 1     | 1       | 1             | 1       | -
email=of@one         | 1   | -     | 1       | 1             | 1       | -
email=of@other       | -   | 1     | 1       | 1             | 1       | -
notes=for all        | 1   | 1     | 1       | 1             | 1       | -
notes=for one        | 1   | -     | 1       | 1             | 1       | -
notes=for other      | -   | 1     | 1       | 1             | 1       | -
notes=by one         | 1   | -     | -       | -             | -       | -
notes=removed        | -   | -     | -       | -             | -       | -
notes=secret         | -   | -     | -       | 3             | -       | -
class=vendor         | -   | 1     | 1       | 1             | 1       | -
class=Vendor         | -   | 1     | 1       | 1             | 1       | -
active_to=2000-01-01 | -   | 1     | 1 2     | 1 2 3         | 1 2     | -
"""
HEAD, *ROWS = split(SEEN)


@pytest.fixture
def people(db):
    """Return who looks, after storing what there is to be seen."""
    one, other = make_company(db), make_company(db)
    shared = make_entity(
        db, "1 Garage Shared", control_code="X-1", place={"city": "Own"}
    )
    make_entity(db, "2 Garage", control_code="X-2")
    secret = make_entity(db, "3 Garage Secret", control_code="X-3", confidential=True)
    mine = make_customer(db, one, shared, number="one")
    theirs = make_customer(db, other, shared, class_="vendor", number="other")
    mine.start_date = TODAY
    make_customer(db, one, secret, number="secret")
    for account, whose in ((mine, "one"), (theirs, "other")):
        country = "DK" if whose == "other" else "FR"
        place = {"city": f"Of{whose}", "country": country, "position": 1}
        shared.addresses.append(Address(account=account, **place))
        mailbox = {"kind": "email", "value": f"of@{whose}.example", "position": 1}
        shared.elements.append(ContactElement(account=account, **mailbox))
        its = {"account_id": account.id, "company_id": account.company_id}
        db.add(noted(shared, f"for {whose}", **its))
    was = {"kind": "account_number", "value": "was", "key": "was"}
    db.add(EntityAlias(entity_id=shared.id, account_id=theirs.id, **was))
    gone = {"kind": "control_code", "value": "S-GONE", "key": "s-gone"}
    db.add(EntityAlias(entity_id=secret.id, **gone))
    member = make_member(db, one)
    db.add_all(
        [
            noted(shared, "for all"),
            noted(shared, "by one", private=True, author_id=member.id),
            noted(shared, "removed", removed_at=NOW, author_id=member.id),
            noted(secret, "secret"),
        ]
    )
    db.flush()
    roles = ("manager", "social_worker", "auditor")
    return {
        "one": identity(member),
        "other": identity(make_member(db, other)),
        **{role: identity(make_user(db, roles=[role])) for role in roles},
        "nobody": identity(make_user(db)),
    }


def grid_for(who: Identity, kind=ContactGrid, permission=Permission.VIEW):
    contacts = Collection("contacts", Anywhere(), EntityResource)
    scope = contacts.scope(who, permission)
    return kind(scope, TODAY, contacts.sight(who, permission))


class Anywhere:
    """What a collection is in, where nobody asks."""

    request = None


def numbers(rows):
    return [row.values[0].split()[0] for row in rows]


@pytest.mark.parametrize("few", [0, 1000], ids=["in the order", "led"])
def test_nobody_is_found_by_what_one_may_not_see(db, people, monkeypatch, few):
    for far in ("FAR", "FAR_IN_ROW", "FAR_IN_TEXTS"):
        monkeypatch.setattr(searched, far, few)
    for asked, *found in ROWS:
        for name, wanted in zip(HEAD[1:], found, strict=True):
            grid, expected = grid_for(people[name]), wanted.replace("-", "").split()
            page = grid.run(db, params(asked))
            listed = numbers(grid.every(db, params(asked)))
            counted, _totals = grid.counted(db, params(asked))
            assert numbers(page.rows) == expected, (asked, name)
            assert (listed, counted) == (expected, len(expected)), (asked, name)


def test_classes_and_accounts_are_those_one_may_see(db, people):
    def seen(name):
        row = grid_for(people[name]).run(db, {"name": "shared"}).rows[0]
        return [state.name for state in row.values[2]], row.values[6]

    assert seen("one") == (["customer"], 1)
    assert seen("other") == (["vendor"], 1)
    assert seen("manager") == (["customer", "vendor"], 2)


@pytest.mark.parametrize(
    ("asked", "one", "other", "manager"),
    [
        ("", ["one"], ["other"], ["one", "other"]),
        ("name=shared", ["one"], ["other"], ["one", "other"]),
        ("account_number=oth", [], ["other"], ["other"]),
        ("account_number=was", [], ["other"], ["other"]),
        ("class=Vendor", [], ["other"], ["other"]),
        ("class=customer", ["one"], [], ["one"]),
        ("active_to=2000-01-01", [], ["other"], ["other"]),
        ("name=secret", [], [], []),
    ],
)
def test_the_list_of_accounts_has_those_that_meet_what_is_asked(
    db, people, asked, one, other, manager
):
    for name, wanted in (("one", one), ("other", other), ("manager", manager)):
        grid = grid_for(people[name], AccountGrid)
        page = grid.run(db, {**params(asked), "sort": "number"})
        assert [row.values[0] for row in page.rows] == wanted, name
        assert grid.counted(db, params(asked))[0] == len(wanted)


def test_what_is_in_the_bin_is_found_by_nobody(db):
    make_entity(db, "Gone").deleted_at = NOW
    db.flush()

    assert ContactGrid(OPEN, TODAY, EVERYTHING).run(db, {}).rows == []


def test_the_line_below_tells_only_what_one_may_see(db, people):
    def told(name, asked):
        grid = grid_for(people[name])
        ids = [row.id for row in grid.run(db, asked).rows]
        return [
            hit.text
            for some in hits(db, ids, asked, grid.sight).values()
            for hit in some
        ]

    assert told("one", {"notes": "for"}) == ["for one"]
    assert told("other", {"notes": "for o"}) == ["for other"]
    assert told("other", {"city": "of"}) == ["Ofother, DK"]
    assert told("manager", {"email": "of@one"}) == ["of@one.example"]


@pytest.mark.parametrize("sort", ["name", "control_code", "city", "created"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("asked", ["", "name=same", "city=ly", "name=same&city=ly"])
@pytest.mark.parametrize("few", [0, 1000], ids=["in the order", "led"])
def test_pages_are_the_whole_list_in_every_order(
    db, monkeypatch, sort, sign, asked, few
):
    for far in ("FAR", "FAR_IN_ROW", "FAR_IN_TEXTS"):
        monkeypatch.setattr(searched, far, few)
    for number in range(7):
        place = {"city": "Lyon" if number % 2 else "Lyss"}
        entity = make_entity(db, "Same", place=place)
        entity.created_at = NOW + timedelta(days=number // 3)
    db.flush()
    wanted = {**params(asked), "sort": sign + sort}

    def page(**where):
        grid = ContactGrid(OPEN, TODAY, EVERYTHING)
        grid.size = 2
        return grid.run(db, {**wanted, **where})

    pages = [page()]
    while pages[-1].after:
        pages.append(page(after=pages[-1].after))
    whole = [row.id for one in pages for row in one.rows]
    every = ContactGrid(OPEN, TODAY, EVERYTHING).every(db, wanted)

    assert whole == [row.id for row in every]
    assert len(set(whole)) == len(whole) == 7
    jumped = [[row.id for row in page(page=str(n)).rows] for n in range(1, 6)]
    assert jumped == [whole[0:2], whole[2:4], whole[4:6], whole[6:], []]
    back = page(before=pages[2].before)
    assert [row.id for row in back.rows] == whole[2:4]
    here = ContactGrid(OPEN, TODAY, EVERYTHING)
    assert here.neighbours(db, wanted, whole[3]) == (whole[2], whole[4])
