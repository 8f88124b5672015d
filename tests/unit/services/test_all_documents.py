"""One query over documents of every kind, as seed 004 asks for it."""

from sqlalchemy import and_, select
from sqlalchemy.orm import with_polymorphic

from endi_like.models.estimations import Estimation
from endi_like.models.projects import Phase
from endi_like.models.sales import CancelInvoice, Invoice, Task
from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_project,
)


def test_documents_that_wait_in_a_phase_are_one_query(db):
    company = make_company(db)
    customer = make_customer(db, company)
    project = make_project(db, company, phases=("Study",))
    placed = {"project": project, "phase": project.phases[0]}
    invoice = make_invoice(db, customer, status="wait", **placed)
    estimation = make_estimation(db, customer, status="wait", **placed)
    credited = make_invoice(db, customer, status="valid", **placed)
    note = make_credit_note(db, credited, status="wait")
    make_invoice(db, customer, status="wait")
    make_estimation(db, customer, **placed)
    db.flush()
    db.expunge_all()

    every = with_polymorphic(Task, [Invoice, CancelInvoice, Estimation])
    query = (
        select(every)
        .join(every.phase)
        .where(
            and_(every.validation_status == "wait", Phase.name.is_not(None)),
        )
        .order_by(every.validation_status_at, every.id)
    )
    found = db.scalars(query).all()

    assert {(type(one), one.id) for one in found} == {
        (Invoice, invoice.id),
        (Estimation, estimation.id),
        (CancelInvoice, note.id),
    }
    by_kind = {type(one): one for one in found}
    assert by_kind[Estimation].signed_status == "waiting"
    assert by_kind[Invoice].paid_status == "waiting"
    assert by_kind[CancelInvoice].invoice_id == credited.id
