"""One query over documents of every kind, as seed 004 asks for it."""

import re
import runpy
from pathlib import Path

import pytest
from sqlalchemy import inspect

from endi_like.models.estimations import Estimation
from endi_like.models.sales import CancelInvoice, Invoice
from tests.factories import (
    NOW,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_project,
)

RECIPES = Path(__file__).parents[3] / "docs" / "recipes.md"
RECIPE = "A query over documents of every kind"


@pytest.fixture
def query(tmp_path):
    """The query of the recipe, as it stands there."""
    recipe = RECIPES.read_text("utf-8").partition(f"## {RECIPE}\n")[2]
    written = re.search(r"```python\n(.*?)```", recipe, re.DOTALL)
    assert written, "the recipe has an example"
    program = tmp_path / "recipe.py"
    program.write_text(written[1], "utf-8")
    return runpy.run_path(str(program))["query"]


def test_documents_that_wait_in_a_phase_are_one_query(db, query):
    company = make_company(db)
    customer = make_customer(db, company)
    project = make_project(db, company, phases=("Study", "Work"))
    study, work = ({"project": project, "phase": one} for one in project.phases)
    invoice = make_invoice(db, customer, status="wait", **study)
    estimation = make_estimation(db, customer, status="wait", **study)
    credited = make_invoice(db, customer, status="valid", **study)
    note = make_credit_note(db, credited, status="wait")
    make_invoice(db, customer, status="wait")
    make_invoice(db, customer, status="wait", **work)
    make_invoice(db, customer, status="wait", deleted_at=NOW, **study)
    make_estimation(db, customer, **study)
    db.flush()
    db.expunge_all()

    found = db.scalars(query).all()

    assert {(type(one), one.id) for one in found} == {
        (Invoice, invoice.id),
        (Estimation, estimation.id),
        (CancelInvoice, note.id),
    }
    by_kind = {type(one): one for one in found}
    own = {Estimation: "signed_status", Invoice: "paid_status"}
    for kind, name in (own | {CancelInvoice: "invoice_id"}).items():
        assert name not in inspect(by_kind[kind]).unloaded, "it came along"
    assert by_kind[Estimation].signed_status == "waiting"
    assert by_kind[Invoice].paid_status == "waiting"
    assert by_kind[CancelInvoice].invoice_id == credited.id
