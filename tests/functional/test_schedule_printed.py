"""How much of the payment schedule is on the paper, as its writer has chosen."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from endi_like.models.estimations import DISPLAYS
from tests.factories import make_customer, make_estimation, make_member

HEAD = "Payment schedule"
DEPOSIT = "Deposit of 30% €720.00"
PARTS = "Windows are in €500.00"
BALANCE = "Balance €1,180.00"
DATED = "Windows are in 15 January 2027 €500.00"
PRINTED = {
    "none": "",
    "summary": f"{HEAD} {DEPOSIT} Afterwards €1,680.00",
    "all": f"{HEAD} {DEPOSIT} {DATED} {BALANCE}",
    "all_no_date": f"{HEAD} {DEPOSIT} {PARTS} {BALANCE}",
}


def test_every_way_to_print_it_is_tried():
    assert PRINTED.keys() == set(DISPLAYS)


@pytest.fixture(params=DISPLAYS)
def estimation(request, db, company):
    customer = make_customer(db, company, language="en")
    made = make_estimation(
        db,
        customer,
        lines=["2000"],
        deposit="30",
        agreed=["500"],
        payment_display=request.param,
    )
    part = next(one for one in made.deadlines if one.kind == "part")
    part.label, part.date = "Windows are in", date(2027, 1, 15)
    db.flush()
    return made


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, language="en"))


def test_the_paper_says_as_much_of_the_schedule_as_was_chosen(member, estimation):
    page = member.get(f"/estimations/{estimation.id}/print").html
    table = page.select_one("table.schedule")
    found = " ".join(table.get_text(" ").split()) if table else ""
    assert found == PRINTED[estimation.payment_display]


def test_so_does_the_pdf(member, estimation):
    answer = member.get(f"/estimations/{estimation.id}/print.pdf")
    pages = PdfReader(io.BytesIO(answer.body)).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    expected = PRINTED[estimation.payment_display]
    assert expected in text
    assert (HEAD in text) == bool(expected)
    assert ("15 January 2027" in text) == ("15 January 2027" in expected)
