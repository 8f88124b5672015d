"""Who may do what, as tables, and that lists show just what pages would.

Rows are *who* and *state*, columns permissions; the tables are the rights of issue and
reference, written down by hand.
"""

from decimal import Decimal

import pytest
from pyramid.authorization import DENY_ALL, ACLHelper, Authenticated, Deny, Everyone
from pyramid.config import Configurator
from pyramid.testing import DummyRequest
from sqlalchemy import select

from endi_like.models.catalogue import CatalogueItem
from endi_like.models.contacts import Customer, Entity
from endi_like.models.estimations import Estimation
from endi_like.models.node import Node
from endi_like.models.notifications import Notification
from endi_like.models.people import User
from endi_like.models.projects import Business, Project
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.permissions import Permission
from endi_like.principals import Identity, Membership
from endi_like.resources.core import Collection, Resource, Root
from endi_like.services.notifications.reading import visible
from endi_like.services.rights.asking import holds
from endi_like.services.rights.tables import RECORDS
from tests.factories import (
    NOW,
    make_bank,
    make_business,
    make_business_type,
    make_category,
    make_company,
    make_conditions,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_item,
    make_mail,
    make_member,
    make_mention,
    make_mode,
    make_notification,
    make_project,
    make_received,
    make_run,
    make_unit,
    make_user,
    make_vat,
    make_wording,
    move,
)

HERE, THERE = 1, 2
CEILING = Decimal(1000)

INVOICES = """
                           list add view see_history export edit delete submit validate invalidate record_payment correct_payment close  attach  detach  note  send
member           draft     yes  yes yes  yes         yes    yes  yes    yes    no       no         no             no              no     yes     no      yes   yes
member           wait      yes  yes yes  yes         yes    no   no     yes    no       no         no             no              no     yes     no      yes   yes
member           invalid   yes  yes yes  yes         yes    yes  yes    yes    no       no         no             no              no     yes     no      yes   yes
member           valid     yes  yes yes  yes         yes    no   no     yes    no       no         no             no              no     yes     no      yes   yes
member           bin       yes  yes yes  yes         no     no   yes    no     no       no         no             no              no     no      no      no    no
cashier          draft     yes  yes yes  yes         yes    yes  yes    yes    no       no         yes            no              no     yes     no      yes   yes
cashier          valid     yes  yes yes  yes         yes    no   no     yes    no       no         yes            no              no     yes     no      yes   yes
self_validator   draft     yes  yes yes  yes         yes    yes  yes    yes    yes      no         no             no              no     yes     no      yes   yes
self_validator   wait      yes  yes yes  yes         yes    no   no     yes    yes      no         no             no              no     yes     no      yes   yes
self_validator   invalid   yes  yes yes  yes         yes    yes  yes    yes    yes      no         no             no              no     yes     no      yes   yes
self_validator   valid     yes  yes yes  yes         yes    no   no     yes    yes      no         no             no              no     yes     no      yes   yes
self_validator   bin       yes  yes yes  yes         no     no   yes    no     no       no         no             no              no     no      no      no    no
limited          below     yes  yes yes  yes         yes    yes  yes    yes    yes      no         yes            no              no     yes     no      yes   yes
limited          exact     yes  yes yes  yes         yes    yes  yes    yes    yes      no         yes            no              no     yes     no      yes   yes
limited          above     yes  yes yes  yes         yes    yes  yes    yes    no       no         yes            no              no     yes     no      yes   yes
limited          negative  yes  yes yes  yes         yes    yes  yes    yes    no       no         yes            no              no     yes     no      yes   yes
foreign          draft     yes  yes no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
foreign          wait      yes  yes no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
foreign          valid     yes  yes no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
foreign          bin       yes  yes no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
both             draft     yes  yes yes  yes         yes    yes  yes    yes    no       no         no             no              no     yes     no      yes   yes
both             wait      yes  yes yes  yes         yes    no   no     yes    no       no         no             no              no     yes     no      yes   yes
both             valid     yes  yes yes  yes         yes    no   no     yes    no       no         no             no              no     yes     no      yes   yes
manager          draft     yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes            yes             yes    yes     yes     yes   yes
manager          wait      yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes            yes             yes    yes     yes     yes   yes
manager          invalid   yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes            yes             yes    yes     yes     yes   yes
manager          valid     yes  yes yes  yes         yes    no   no     yes    yes      yes        yes            yes             yes    yes     yes     yes   yes
manager          above     yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes            yes             yes    yes     yes     yes   yes
manager          bin       yes  yes yes  yes         no     no   yes    no     no       no         no             no              no     no      no      no    no
accountant       draft     yes  no  yes  yes         yes    no   no     no     no       no         yes            yes             yes    yes     no      yes   yes
accountant       wait      yes  no  yes  yes         yes    no   no     no     no       no         yes            yes             yes    yes     no      yes   yes
accountant       valid     yes  no  yes  yes         yes    no   no     no     no       no         yes            yes             yes    yes     no      yes   yes
accountant       bin       yes  no  yes  yes         no     no   no     no     no       no         no             no              no     no      no      no    no
auditor          draft     yes  no  yes  yes         yes    no   no     no     no       no         no             no              no     no      no      no    no
auditor          wait      yes  no  yes  yes         yes    no   no     no     no       no         no             no              no     no      no      no    no
auditor          valid     yes  no  yes  yes         yes    no   no     no     no       no         no             no              no     no      no      no    no
auditor          bin       yes  no  yes  yes         no     no   no     no     no       no         no             no              no     no      no      no    no
admin            draft     no   no  no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
admin            valid     no   no  no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
nobody           draft     no   no  no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
nobody           valid     no   no  no   no          no     no   no     no     no       no         no             no              no     no      no      no    no
"""  # noqa: E501

ESTIMATIONS = """
                           list add view see_history export edit delete submit validate invalidate sign attach  detach  note  send
member           draft     yes  yes yes  yes         yes    yes  yes    yes    no       no         yes  yes     no      yes   yes
member           wait      yes  yes yes  yes         yes    no   no     yes    no       no         yes  yes     no      yes   yes
member           valid     yes  yes yes  yes         yes    no   no     yes    no       no         yes  yes     no      yes   yes
self_validator   draft     yes  yes yes  yes         yes    yes  yes    yes    yes      no         yes  yes     no      yes   yes
limited          above     yes  yes yes  yes         yes    yes  yes    yes    no       no         yes  yes     no      yes   yes
foreign          draft     yes  yes no   no          no     no   no     no    no       no         no   no      no      no    no
foreign          valid     yes  yes no   no          no     no   no     no    no       no         no   no      no      no    no
both             draft     yes  yes yes  yes         yes    yes  yes    yes    no       no         yes  yes     no      yes   yes
manager          draft     yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes  yes     yes     yes   yes
manager          wait      yes  yes yes  yes         yes    yes  yes    yes    yes      yes        yes  yes     yes     yes   yes
manager          valid     yes  yes yes  yes         yes    no   no     yes    yes      yes        yes  yes     yes     yes   yes
accountant       valid     yes  no  yes  yes         yes    no   no     no    no       no         no   yes     no      yes   no
auditor          valid     yes  no  yes  yes         yes    no   no     no    no       no         no   no      no      no    no
admin            valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
nobody           valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
social_worker    valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
"""  # noqa: E501

CREDIT_NOTES = """
                           list add view see_history export edit delete submit validate invalidate sign attach  detach  note  send
member           draft     yes  no  yes  yes         yes    yes  yes    yes    no       no         no   yes     no      yes   yes
member           wait      yes  no  yes  yes         yes    no   no     yes    no       no         no   yes     no      yes   yes
member           valid     yes  no  yes  yes         yes    no   no     yes    no       no         no   yes     no      yes   yes
self_validator   draft     yes  no  yes  yes         yes    yes  yes    yes    yes      no         no   yes     no      yes   yes
limited          above     yes  no  yes  yes         yes    yes  yes    yes    no       no         no   yes     no      yes   yes
foreign          draft     yes  no  no   no          no     no   no     no    no       no         no   no      no      no    no
foreign          valid     yes  no  no   no          no     no   no     no    no       no         no   no      no      no    no
both             draft     yes  no  yes  yes         yes    yes  yes    yes    no       no         no   yes     no      yes   yes
manager          draft     yes  no  yes  yes         yes    yes  yes    yes    yes      yes        no   yes     yes     yes   yes
manager          wait      yes  no  yes  yes         yes    yes  yes    yes    yes      yes        no   yes     yes     yes   yes
manager          valid     yes  no  yes  yes         yes    no   no     yes    yes      yes        no   yes     yes     yes   yes
accountant       valid     yes  no  yes  yes         yes    no   no     no    no       no         no   yes     no      yes   no
auditor          valid     yes  no  yes  yes         yes    no   no     no    no       no         no   no      no      no    no
admin            valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
nobody           valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
social_worker    valid     no   no  no   no          no     no   no     no    no       no         no   no      no      no    no
"""  # noqa: E501

CUSTOMERS = """
                list add view see_history export edit delete  attach  note
member          yes  yes yes  yes         yes    yes  no      yes     yes
foreign         yes  yes no   no          no     no   no      no      no
both            yes  yes yes  yes         yes    yes  no      yes     yes
manager         yes  yes yes  yes         yes    yes  no      yes     yes
accountant      yes  no  yes  yes         yes    no   no      no      yes
auditor         yes  no  yes  yes         yes    no   no      no      no
admin           no   no  no   no          no     no   no      no      no
nobody          no   no  no   no          no     no   no      no      no
"""

PROJECTS = """
                          list add view see_history export edit delete archive attach  note
member          open      yes  yes yes  yes         yes    yes  yes    yes     yes     yes
member          archived  yes  yes yes  yes         yes    no   no     yes     yes     yes
member          bin       yes  yes yes  yes         no     no   yes    no      no      no
foreign         open      yes  yes no   no          no     no   no     no      no      no
foreign         archived  yes  yes no   no          no     no   no     no      no      no
both            open      yes  yes yes  yes         yes    yes  yes    yes     yes     yes
manager         open      yes  yes yes  yes         yes    yes  yes    yes     yes     yes
manager         archived  yes  yes yes  yes         yes    no   no     yes     yes     yes
manager         bin       yes  yes yes  yes         no     no   yes    no      no      no
accountant      open      yes  no  yes  yes         yes    no   no     no      no      no
accountant      archived  yes  no  yes  yes         yes    no   no     no      no      no
auditor         open      yes  no  yes  yes         yes    no   no     no      no      no
auditor         bin       yes  no  yes  yes         no     no   no     no      no      no
admin           open      no   no  no   no          no     no   no     no      no      no
social_worker   open      no   no  no   no          no     no   no     no      no      no
nobody          open      no   no  no   no          no     no   no     no      no      no
"""  # noqa: E501

BUSINESSES = """
                          list add view see_history export edit delete archive attach  note
member          open      yes  yes yes  yes         yes    yes  yes    no      yes     yes
member          closed    yes  yes yes  yes         yes    yes  yes    no      yes     yes
member          bin       yes  yes yes  yes         no     no   yes    no      no      no
foreign         open      yes  yes no   no          no     no   no     no      no      no
both            open      yes  yes yes  yes         yes    yes  yes    no      yes     yes
manager         open      yes  yes yes  yes         yes    yes  yes    no      yes     yes
manager         closed    yes  yes yes  yes         yes    yes  yes    no      yes     yes
accountant      open      yes  no  yes  yes         yes    no   no     no      no      no
auditor         open      yes  no  yes  yes         yes    no   no     no      no      no
admin           open      no   no  no   no          no     no   no     no      no      no
social_worker   open      no   no  no   no          no     no   no     no      no      no
nobody          open      no   no  no   no          no     no   no     no      no      no
"""  # noqa: E501

SUPPLIER_INVOICES = """
                               list add view see_history export edit delete acknowledge attach detach note
member          received       yes  no  yes  yes         yes    no   no     yes         yes    no     yes
member          acknowledged   yes  no  yes  yes         yes    no   no     yes         yes    no     yes
foreign         received       yes  no  no   no          no     no   no     no          no     no     no
self_validator  received       yes  no  yes  yes         yes    no   no     yes         yes    no     yes
both            received       yes  no  yes  yes         yes    no   no     yes         yes    no     yes
manager         received       yes  no  yes  yes         yes    no   no     yes         yes    yes    yes
accountant      received       yes  no  yes  yes         yes    no   no     no          yes    no     yes
auditor         received       yes  no  yes  yes         yes    no   no     no          no     no     no
admin           received       no   no  no   no          no     no   no     no          no     no     no
social_worker   received       no   no  no   no          no     no   no     no          no     no     no
nobody          received       no   no  no   no          no     no   no     no          no     no     no
"""  # noqa: E501

CATALOGUE = """
                          list add view see_history export edit delete archive attach  note
member          offered   yes  yes yes  yes         yes    yes  yes    yes     yes     yes
member          archived  yes  yes yes  yes         yes    no   no     yes     yes     yes
member          bin       yes  yes yes  yes         no     no   yes    no      no      no
foreign         offered   yes  yes no   no          no     no   no     no      no      no
foreign         archived  yes  yes no   no          no     no   no     no      no      no
both            offered   yes  yes yes  yes         yes    yes  yes    yes     yes     yes
manager         offered   yes  yes yes  yes         yes    yes  yes    yes     yes     yes
manager         archived  yes  yes yes  yes         yes    no   no     yes     yes     yes
manager         bin       yes  yes yes  yes         no     no   yes    no      no      no
accountant      offered   yes  no  yes  yes         yes    no   no     no      no      no
accountant      archived  yes  no  yes  yes         yes    no   no     no      no      no
auditor         offered   yes  no  yes  yes         yes    no   no     no      no      no
auditor         bin       yes  no  yes  yes         no     no   no     no      no      no
admin           offered   no   no  no   no          no     no   no     no      no      no
social_worker   offered   no   no  no   no          no     no   no     no      no      no
nobody          offered   no   no  no   no          no     no   no     no      no      no
"""  # noqa: E501

CATEGORIES = """
                list add view export edit delete
member          yes  yes yes  yes    yes  yes
self_validator  yes  yes yes  yes    yes  yes
foreign         yes  yes no   no     no   no
both            yes  yes yes  yes    yes  yes
manager         yes  yes yes  yes    yes  yes
accountant      yes  no  yes  yes    no   no
auditor         yes  no  yes  yes    no   no
admin           no   no  no   no     no   no
social_worker   no   no  no   no     no   no
nobody          no   no  no   no     no   no
"""

ADMINISTRATION = """
                list add view see_history export edit delete
member          no   no  no   no          no     no   no
self_validator  no   no  no   no          no     no   no
manager         no   no  no   no          no     no   no
accountant      no   no  no   no          no     no   no
auditor         yes  no  yes  yes         yes    no   no
admin           yes  yes yes  yes         yes    yes  no
nobody          no   no  no   no          no     no   no
"""

TYPES = """
                list add view see_history export edit delete
member          yes  no  yes  no          yes    no   no
self_validator  yes  no  yes  no          yes    no   no
manager         yes  no  yes  no          yes    no   no
accountant      yes  no  yes  no          yes    no   no
auditor         yes  no  yes  yes         yes    no   no
admin           yes  yes yes  yes         yes    yes  no
nobody          no   no  no   no          no     no   no
"""

COMPANIES = """
                list add view see_history export edit delete
member          no   no  no   no          no     no   no
manager         yes  no  yes  no          yes    no   no
accountant      no   no  no   no          no     no   no
auditor         yes  no  yes  yes         yes    no   no
admin           yes  yes yes  yes         yes    yes  no
nobody          no   no  no   no          no     no   no
"""

ORGANISATION = """
                list add view see_history export edit delete
member          no   no  no   no          no     no   no
manager         no   no  no   no          no     no   no
accountant      no   no  no   no          no     no   no
auditor         yes  no  yes  yes         yes    no   no
admin           yes  no  yes  yes         yes    yes  no
nobody          no   no  no   no          no     no   no
"""

BACKGROUND = """
                list add view export edit delete
member          no   no  no   no     no   no
manager         no   no  no   no     no   no
accountant      no   no  no   no     no   no
auditor         yes  no  yes  yes    no   no
admin           yes  no  yes  yes    yes  no
nobody          no   no  no   no     no   no
"""

RUNS = """
                list add view export edit delete
member          no   no  no   no     no   no
manager         no   no  no   no     no   no
accountant      no   no  no   no     no   no
auditor         yes  no  yes  yes    no   no
admin           yes  no  yes  yes    no   no
nobody          no   no  no   no     no   no
"""

MAILS = """
                list add view export edit delete
member          no   no  no   no     no   no
self_validator  no   no  no   no     no   no
manager         no   no  no   no     no   no
accountant      no   no  no   no     no   no
auditor         no   no  no   no     no   no
admin           yes  no  yes  yes    yes  no
nobody          no   no  no   no     no   no
"""

WORDINGS = """
                list add view export edit delete
member          no   no  no   no     no   no
manager         no   no  no   no     no   no
accountant      no   no  no   no     no   no
auditor         no   no  no   no     no   no
admin           yes  no  yes  no     yes  no
nobody          no   no  no   no     no   no
"""

CONTACTS = """
                       list add view see_history export edit delete  attach  note  merge approve anonymise
member         mine    yes  no  yes  no          yes    no   no      no      yes   no    no      no
member         theirs  yes  no  no   no          no     no   no      no      no    no    no      no
member         secret  yes  no  no   no          no     no   no      no      no    no    no      no
foreign        mine    yes  no  no   no          no     no   no      no      no    no    no      no
both           mine    yes  no  yes  no          yes    no   no      no      yes   no    no      no
both           secret  yes  no  no   no          no     no   no      no      no    no    no      no
manager        mine    yes  yes yes  yes         yes    yes  yes     yes     yes   yes   yes     yes
manager        theirs  yes  yes yes  yes         yes    yes  yes     yes     yes   yes   yes     yes
manager        secret  yes  yes no   no          no     no   no      no      no    no    no      no
accountant     theirs  yes  yes yes  yes         yes    yes  no      yes     yes   no    yes     no
accountant     secret  yes  yes no   no          no     no   no      no      no    no    no      no
auditor        theirs  yes  no  yes  yes         yes    no   no      no      no    no    no      no
auditor        secret  yes  no  no   no          no     no   no      no      no    no    no      no
social_worker  theirs  yes  yes yes  yes         yes    yes  no      yes     yes   no    no      no
social_worker  secret  yes  yes yes  yes         yes    yes  yes     yes     yes   yes   yes     yes
admin          theirs  no   no  no   no          no     no   no      no      no    no    no      no
nobody         theirs  no   no  no   no          no     no   no      no      no    no    no      no
"""  # noqa: E501

OPTIONS = (
    "vat-rates",
    "payment-modes",
    "payment-conditions",
    "bank-accounts",
    "mentions",
    "work-units",
)
TABLES = {
    "customers": CUSTOMERS,
    "categories": CATEGORIES,
    "users": ADMINISTRATION,
    "companies": COMPANIES,
    "business-types": TYPES,
    "organisation": ORGANISATION,
    "jobs": BACKGROUND,
    "schedules": BACKGROUND,
    "runs": RUNS,
    "mails": MAILS,
    "mail-templates": WORDINGS,
    **dict.fromkeys(OPTIONS, ADMINISTRATION),
}
COLLECTIONS = (
    *("invoices", "estimations", "credit-notes"),
    *("supplier-invoices", "projects", "businesses", "catalogue", "contacts"),
    *TABLES,
)


def everybody(here=HERE, there=THERE):
    """Return one of each kind of user; *here* is the company of what they look at."""
    validates = Membership(frozenset({"self_validate"}))
    limited = Membership(frozenset({"self_validate", "record_payment"}), CEILING)
    every_right = Membership(frozenset({"self_validate", "record_payment"}))
    memberships = {
        "member": {here: Membership()},
        "cashier": {here: Membership(frozenset({"record_payment"}))},
        "self_validator": {here: validates},
        "limited": {here: limited},
        "foreign": {there: every_right},
        "both": {here: Membership(), there: every_right},
        "nobody": {},
    }
    people = {name: Identity(9, frozenset(), of) for name, of in memberships.items()}
    roles = ("manager", "accountant", "auditor", "admin", "social_worker")
    return people | {name: Identity(9, frozenset({name})) for name in roles}


EVERYBODY = everybody()


@pytest.fixture(scope="module")
def resources():
    config = Configurator()
    config.include("endi_like.resources")
    config.commit()
    return config.registry["resources"]


def collection(resources, name):
    return Collection(name, Root(DummyRequest()), resources[name])


def permits(context, identity, permission):
    held = identity.principals(getattr(context, "limited_by", None))
    return bool(
        ACLHelper().permits(context, [Everyone, Authenticated, *held], permission)
    )


def lines(table):
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return [(head, row) for row in rows]


def answers(parent, item, who, permissions):
    contexts = {"list": parent, "add": parent}
    found = (permits(contexts.get(p, item), EVERYBODY[who], p) for p in permissions)
    return ["yes" if one else "no" for one in found]


STATES = {
    "bin": {"deleted_at": NOW},
    "below": {"ht": Decimal("999.99")},
    "exact": {"ht": CEILING},
    "above": {"ht": Decimal("1000.01")},
    "negative": {"ht": Decimal("-1000.01")},
}


@pytest.mark.parametrize(
    ("permissions", "row"), lines(INVOICES), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_invoices(permissions, row, resources):
    who, state, *expected = row
    columns = STATES.get(state) or {"validation_status": state}
    invoices = collection(resources, "invoices")
    item = invoices.wrap(Invoice(id=12, company_id=HERE, **columns))

    assert answers(invoices, item, who, permissions) == expected


@pytest.mark.parametrize(
    ("name", "model", "permissions", "row"),
    [
        (name, model, *one)
        for name, model, table in (
            ("estimations", Estimation, ESTIMATIONS),
            ("credit-notes", CancelInvoice, CREDIT_NOTES),
        )
        for one in lines(table)
    ],
)
def test_A2_who_may_do_what_with_other_documents(
    name, model, permissions, row, resources
):
    who, state, *expected = row
    columns = STATES.get(state) or {"validation_status": state}
    documents = collection(resources, name)
    item = documents.wrap(model(id=12, company_id=HERE, **columns))

    assert answers(documents, item, who, permissions) == expected


@pytest.mark.parametrize(
    ("permissions", "row"), lines(PROJECTS), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_projects(permissions, row, resources):
    who, state, *expected = row
    columns = STATES.get(state) or {"archive_status": state}
    projects = collection(resources, "projects")
    item = projects.wrap(Project(id=12, company_id=HERE, **columns))

    assert answers(projects, item, who, permissions) == expected


@pytest.mark.parametrize(
    ("permissions", "row"), lines(BUSINESSES), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_businesses(permissions, row, resources):
    who, state, *expected = row
    columns = STATES.get(state) or {"business_status": state}
    businesses = collection(resources, "businesses")
    item = businesses.wrap(Business(id=12, company_id=HERE, **columns))

    assert answers(businesses, item, who, permissions) == expected


@pytest.mark.parametrize(
    ("permissions", "row"), lines(SUPPLIER_INVOICES), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_what_was_received(permissions, row, resources):
    who, state, *expected = row
    received = collection(resources, "supplier-invoices")
    model = SupplierInvoice(id=12, company_id=HERE, issuer_id=3, reception_status=state)

    assert answers(received, received.wrap(model), who, permissions) == expected


@pytest.mark.parametrize(
    ("permissions", "row"), lines(CATALOGUE), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_the_catalogue(permissions, row, resources):
    who, state, *expected = row
    columns = STATES.get(state) or {"offer_status": state}
    items = collection(resources, "catalogue")
    item = items.wrap(CatalogueItem(id=12, company_id=HERE, **columns))

    assert answers(items, item, who, permissions) == expected


ENTITIES = {
    "mine": lambda: Entity(id=1, accounts=[Customer(company_id=HERE)]),
    "theirs": lambda: Entity(id=1, accounts=[Customer(company_id=3)]),
    "secret": lambda: Entity(
        id=1, accounts=[Customer(company_id=HERE)], confidential=True
    ),
}


@pytest.mark.parametrize(
    ("permissions", "row"), lines(CONTACTS), ids=lambda one: "-".join(one[:2])
)
def test_A2_who_may_do_what_with_contacts(permissions, row, resources):
    who, state, *expected = row
    contacts = collection(resources, "contacts")
    item = contacts.wrap(ENTITIES[state]())

    assert answers(contacts, item, who, permissions) == expected


@pytest.mark.parametrize("name", TABLES)
def test_A2_who_may_do_what_elsewhere(name, resources):
    parent = collection(resources, name)
    item = parent.wrap(sample(resources[name]))
    found, expected = [], []
    for permissions, (who, *cells) in lines(TABLES[name]):
        found.append([who, *answers(parent, item, who, permissions)])
        expected.append([who, *cells])

    assert found == expected


def sample(item_class):
    """Return an item of the class, owned by the company *here* if companies own it."""
    item = item_class.model(id=1)
    if hasattr(item, "company_id"):
        item.company_id = HERE
    return item


@pytest.fixture
def world(db):
    """Two companies with something of everything in each."""
    here, there = make_company(db), make_company(db)
    for company in (here, there):
        customer = make_customer(db, company)
        make_member(db, company)
        make_customer(db, company, confidential=True)
        for status in ("draft", "wait", "invalid", "valid"):
            make_invoice(db, customer, status=status)
        make_invoice(db, customer, deleted_at=NOW)
        for status in ("draft", "valid"):
            make_estimation(db, customer, status=status)
        make_credit_note(db, make_invoice(db, customer, status="valid"))
        move(db, make_project(db, company), "archive")
        move(db, make_item(db, company), "archive")
        make_category(db, company)
        make_received(db, company)
        for make in (make_project, make_business, make_item):
            make(db, company)
            make(db, company, deleted_at=NOW)
    make_vat(db, "-1")
    make_run(db)
    for make in (
        make_mode,
        make_conditions,
        make_bank,
        make_mention,
        make_unit,
        make_business_type,
    ):
        make(db)
    make_mail(db)
    make_wording(db)
    db.flush()
    return here.id, there.id


@pytest.mark.parametrize("permission", [Permission.VIEW, Permission.EXPORT])
@pytest.mark.parametrize("name", COLLECTIONS)
def test_A3_the_rows_listed_are_the_rows_permitted(
    name, permission, resources, db, world
):
    parent = collection(resources, name)
    model = resources[name].model
    rows = db.scalars(select(model).order_by(model.id)).unique().all()
    assert rows
    for who, identity in everybody(*world).items():
        scope = parent.scope(identity, permission)
        query = select(model.id).where(scope).order_by(model.id)
        listed = list(db.scalars(query))
        items = {row.id: parent.wrap(row) for row in rows}
        if permission is Permission.EXPORT:
            # what is in the bin is exported with the list that shows it
            items = {k: one for k, one in items.items() if not binned(one.node)}
            listed = [key for key in listed if key in items]
        permitted = [
            k for k, one in items.items() if permits(one, identity, permission)
        ]
        assert (who, listed) == (who, permitted)


@pytest.mark.parametrize("name", RECORDS)
def test_A3_what_one_is_told_of_is_what_one_may_view(name, resources, db, world):
    record, parent = RECORDS[name], collection(resources, name)
    assert record.model is resources[name].model
    assert record.grants is resources[name].grants
    rows = db.scalars(select(record.model).order_by(record.model.id)).unique().all()
    reader = make_user(db)
    told = {make_notification(db, reader, row).id: row for row in rows}
    assert told
    for who, identity in everybody(*world).items():
        query = select(Notification.id).where(visible(identity))
        seen = set(db.scalars(query))
        permitted = {
            key
            for key, row in told.items()
            if permits(parent.wrap(row), identity, Permission.VIEW)
        }
        held = {
            key
            for key, row in told.items()
            if holds(identity, Permission.VIEW, record, row)
        }
        assert (who, seen) == (who, permitted)
        assert (who, held) == (who, permitted)


def binned(row):
    return isinstance(row, Node) and row.deleted_at is not None


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_acl_ends_by_denying_and_denies_nothing_before(name, resources):
    parent = collection(resources, name)
    item = parent.wrap(sample(resources[name]))
    for context in (Root(DummyRequest()), parent, item):
        acl = context.__acl__
        *granted, last = acl() if callable(acl) else acl

        assert last == DENY_ALL
        assert [entry for entry in granted if entry[0] == Deny] == []


@pytest.mark.parametrize("name", COLLECTIONS)
def test_nobody_holds_what_is_nobodys(name, resources):
    granted = frozenset().union(*resources[name].grants.values())

    assert granted.isdisjoint({Permission.AUTOMATIC, Permission.NEVER})


@pytest.mark.parametrize("name", COLLECTIONS)
def test_an_item_inherits_nothing_from_its_collection(name, resources):
    parent = collection(resources, name)
    item = parent.wrap(sample(resources[name]))

    assert [who for who, one in EVERYBODY.items() if permits(item, one, "list")] == []


def test_every_collection_is_in_a_table(resources):
    assert set(resources) == set(COLLECTIONS)
    assert all(issubclass(one, Resource) for one in resources.values())


def test_the_tables_speak_of_everybody_and_of_permissions_that_exist():
    named = {
        permission
        for table in (INVOICES, ESTIMATIONS, CREDIT_NOTES, CONTACTS, *TABLES.values())
        for permissions, _row in lines(table)
        for permission in permissions
    }

    spoken_of = [*lines(INVOICES), *lines(CONTACTS)]
    assert {who for _head, (who, *_cells) in spoken_of} == set(EVERYBODY)
    assert named <= set(Permission)


def test_A3_a_right_held_in_one_company_does_not_count_in_another(resources):
    customers = collection(resources, "customers")
    account = Customer(id=1, company_id=HERE, name="x")

    assert permits(customers.wrap(account), EVERYBODY["member"], "view")
    assert not permits(customers.wrap(account), EVERYBODY["foreign"], "view")


def test_only_administrators_administer():
    root = Root(DummyRequest())

    assert [
        who for who, one in EVERYBODY.items() if permits(root, one, "administer")
    ] == ["admin"]


def test_a_user_has_no_rights_over_their_own_row(resources):
    users = collection(resources, "users")
    own = users.wrap(User(id=9, login="x", name="x"))

    assert not permits(own, EVERYBODY["member"], "edit")


@pytest.mark.parametrize("permission", [Permission.ADD, Permission.VALIDATE])
def test_the_companies_to_add_to_are_those_where_it_is_permitted(permission, resources):
    invoices = collection(resources, "invoices")
    for who, identity in EVERYBODY.items():
        offered = invoices.companies(identity, permission)
        asked = [HERE, THERE, 3] if offered is None else offered
        permitted = [
            company_id
            for company_id in (HERE, THERE, 3)
            if permits(
                invoices.wrap(Invoice(company_id=company_id)), identity, permission
            )
        ]
        assert (who, list(asked)) == (who, permitted)
