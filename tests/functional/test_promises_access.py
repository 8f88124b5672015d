"""Promise A2: every page as every kind of person, as it is written down here."""

import pytest

from endi_like.i18n import LANGUAGES
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import Task
from endi_like.services.mail.catalog import TEMPLATES
from endi_like.services.rights.tables import name_of
from tests.factories import make_company, make_member, make_membership, make_user
from tests.functional.hostile import DIGITS, crawl, everything, send
from tests.functional.pages import token

ROLES = ("admin", "manager", "accountant", "auditor")
PEOPLE = (*ROLES, "member", "elsewhere", "nobody")
OPTIONS = (
    *("bank-accounts", "mentions", "payment-conditions", "payment-modes"),
    *("vat-rates", "work-units"),
)
BACKGROUND = ("jobs", "runs", "schedules")
RECEIVED = ("supplier-invoices",)
DOCUMENTS = ("invoices", "estimations", "credit-notes")
RECORDS = ("customers", "projects", "businesses", "catalogue", *RECEIVED, *DOCUMENTS)
KINDS = {
    "OPTION": OPTIONS,
    "BACKGROUND": BACKGROUND,
    "RECORD": RECORDS,
    "DOCUMENT": DOCUMENTS,
}
MAILS = tuple(
    f"{template}-{language}" for template in TEMPLATES for language in LANGUAGES
)
LISTS = ("", "export.csv", "export.xlsx")

TABLE = """
admin manager accountant auditor member elsewhere nobody | pages
200   200     200        200     200    200       200    | / /account /openapi.json
200   200     200        200     200    200       200    | /notifications/
200   200     200        200     200    200       200    | /notifications/choices
404   404     404        404     404    404       404    | /notifications/#/
200   200     200        200     200    200       200    | /saved-views/
404   404     404        404     404    404       404    | /saved-views/#/edit
303   303     303        303     303    303       303    | /saved-views/add
200   404     404        200     404    404       404    | OPTION/LIST users/LIST
200   200     200        200     200    200       404    | business-types/LIST
303   200     200        200     200    200       404    | /business-types/#/
200   403     403        403     403    403       404    | /business-types/#/edit
200   403     403        403     403    403       404    | /business-types/add
200   404     404        200     404    404       404    | /users/#/ /organisation/#/
303   404     404        200     404    404       404    | OPTION/#/
303   404     404        303     404    404       404    | /organisation/
200   404     404        403     404    404       404    | OPTION/#/edit OPTION/add
200   404     404        403     404    404       404    | /users/#/edit /users/add
200   404     404        403     404    404       404    | /organisation/#/edit
200   404     404        200     404    404       404    | BACKGROUND/LIST
200   404     404        200     404    404       404    | BACKGROUND/#/
200   404     404        403     404    404       404    | /schedules/#/edit
200   200     404        200     404    404       404    | companies/LIST /companies/#/
200   403     404        403     404    404       404    | /companies/#/edit
200   403     404        403     404    404       404    | /companies/add
200   404     404        404     404    404       404    | mails/LIST /mails/#/
200   404     404        404     404    404       404    | /mails/#/html
200   404     404        404     404    404       404    | /mail-templates/
200   404     404        404     404    404       404    | /mail-templates/MAIL/edit
404   200     200        200     200    200       404    | RECORD/LIST
404   200     200        200     200    404       404    | RECORD/#/
404   200     200        200     200    404       404    | DOCUMENT/#/print
404   200     403        403     200    404       404    | /projects/#/edit
404   200     403        403     200    404       404    | /projects/#/phases/add
404   200     403        403     200    404       404    | /projects/#/phases/#/edit
404   200     403        403     200    404       404    | /businesses/#/edit
404   200     403        403     200    200       404    | /projects/add /businesses/add
404   200     403        403     200    404       404    | /catalogue/#/edit
404   200     403        403     200    200       404    | /catalogue/add
404   200     403        403     200    200       404    | /categories/add
404   200     200        200     200    200       404    | categories/LIST
404   200     200        200     200    404       404    | /categories/#/
404   200     403        403     200    404       404    | /categories/#/edit
404   200     200        200     200    404       404    | RECORD/#/timeline/export.csv
404   403     403        403     403    404       404    | RECORD/#/memos/#/edit
404   200     200        200     200    200       404    | contacts/LIST
404   200     200        200     200    200       404    | /contacts/export.vcf
404   200     200        200     200    200       404    | /contacts/accounts
404   200     200        200     200    200       404    | /contacts/accounts.csv
404   200     200        200     200    200       404    | /contacts/accounts.xlsx
404   200     200        200     200    404       404    | /contacts/#/
404   200     200        200     403    404       404    | /contacts/#/PAST
404   403     403        403     403    404       404    | /contacts/#/memos/#/edit
404   200     200        403     403    404       404    | /contacts/#/edit
404   200     200        403     403    403       404    | /contacts/add
404   200     200        403     403    403       404    | /contacts/import
404   200     403        403     403    404       404    | /contacts/#/merge
404   200     403        403     403    404       404    | /contacts/#/anonymise
404   200     403        403     403    404       404    | /contacts/#/OWN
404   200     403        403     403    403       404    | /contacts/duplicates
404   200     403        403     200    404       404    | /customers/#/edit
404   200     403        403     200    200       404    | /customers/add /invoices/add
404   200     403        403     200    200       404    | /estimations/add
404   200     403        403     403    404       404    | DOCUMENT/#/edit
404   200     200        403     200    404       404    | /invoices/#/payment
404   200     200        403     200    404       404    | /invoices/#/mail
404   200     403        403     200    404       404    | /estimations/#/mail
404   200     403        403     200    404       404    | /credit-notes/#/mail
404   200     403        403     200    404       404    | /estimations/#/progress
404   200     403        403     200    404       404    | /invoices/#/duplicate-to
404   200     403        403     200    404       404    | /estimations/#/duplicate-to
404   200     200        403     403    404       404    | /invoices/#/payments/#/edit
"""
"""What each person is answered: seen, led on, forbidden, or not there at all.

The member is one of the company that owns it all, and of the one that has handed an
invoice over to it, and may record payments there; the invoice to edit waits for
validation, the notification is told to somebody else.  A memo is changed by who has
written it.
"""


def expanded(page):
    """Yield the addresses that a page of the table stands for."""
    kind = page.partition("/")[0]
    if kind in KINDS:
        for name in KINDS[kind]:
            yield from expanded(page.replace(kind, f"/{name}"))
    elif "MAIL" in page:
        for name in MAILS:
            yield page.replace("MAIL", name)
    elif page.endswith("/OWN"):
        yield page.replace("OWN", "personal-data.json")
    elif page.endswith("/PAST"):
        yield page.replace("PAST", "timeline/export.csv")
    elif page.endswith("/LIST"):
        collection = f"/{page.removesuffix('LIST').strip('/')}/"
        yield from (collection + view for view in LISTS)
    else:
        yield page


def written():
    """Return who is answered what, by the address."""
    head, *rows = TABLE.strip().splitlines()
    assert tuple(head.split(" | ")[0].split()) == PEOPLE
    return {
        address: tuple(map(int, row.split(" | ")[0].split()))
        for row in rows
        for page in row.split(" | ")[1].split()
        for address in expanded(page)
    }


@pytest.fixture
def boss(db):
    """Return who may do everything there is."""
    return everything(db)


@pytest.fixture
def addresses(db, boss, login):
    """Return one address of each page there is, by its pattern."""
    return one_of_each(db, crawl(login(boss)))


def one_of_each(db, paths):
    """Return one address of each pattern; a document to edit is one that waits."""
    found = {}
    for path in paths:
        found.setdefault(DIGITS.sub("#", path), path)
    for task in db.query(Task).filter_by(validation_status="wait"):
        address = f"/{name_of(task)}"
        found[f"{address}/#/edit"] = f"{address}/{task.id}/edit"
    return found


@pytest.fixture
def people(db, boss, login):
    """Return the browser of each kind of person."""
    users = kinds(db, boss)
    return {name: login(users[name]) for name in PEOPLE}


def kinds(db, boss):
    """Return a user of each kind; the boss has what they may see or not."""
    company = boss.memberships[0].company
    member = make_member(db, company, "record_payment", "self_validate")
    issuer = db.query(SupplierInvoice).one().issuer
    make_membership(db, member, issuer, "record_payment", "self_validate")
    return {
        **{role: make_user(db, roles={role}) for role in ROLES},
        "member": member,
        "elsewhere": make_member(db, make_company(db), "record_payment"),
        "nobody": make_user(db),
    }


def test_A2_every_page_answers_every_person_as_written(addresses, people, visitor):
    assert sorted(addresses) == sorted(written())
    for pattern, statuses in written().items():
        found = tuple(
            browser.get(addresses[pattern], status="*").status_int
            for browser in people.values()
        )
        assert found == statuses, pattern
        answer = visitor.get(addresses[pattern], status=303)
        assert "/login" in answer.location, pattern


def test_A2_a_form_is_taken_from_nobody_who_may_not_see_it(addresses, people):
    tokens = {name: token(browser) for name, browser in people.items()}
    for pattern, statuses in written().items():
        if not pattern.endswith(("edit", "add", "payment", "/mail")):
            continue
        for (name, browser), status in zip(people.items(), statuses, strict=True):
            sent = [("csrf_token", tokens[name]), ("action", "save")]
            answer = send(browser, addresses[pattern], sent).status_int
            # what could be changed in another state is outdated, not forbidden
            refused = {200: (400, 409, 422), 403: (400, 403, 409), 404: (404,)}
            refused[303] = (404,)
            assert answer in refused[status], (pattern, name)
