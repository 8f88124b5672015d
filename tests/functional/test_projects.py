"""Projects: begun, divided into phases, filled, emptied, archived."""

import pytest

from endi_like.models.history import FieldChange
from endi_like.models.projects import Phase, Project
from endi_like.models.sales import Task
from endi_like.services import projects
from endi_like.services.refusals import WrongValues
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_project,
    make_user,
    move,
)
from tests.functional.pages import (
    button,
    document_form,
    offered,
    post,
    press,
    save,
    token,
    words,
)


def only(db):
    """Return the only project there is."""
    return db.query(Project).one()


def new(customer, **values):
    """Return what is sent to begin a project."""
    return {
        "code": "TOIT",
        "name": "New roof",
        "start_date": "2026-11-02",
        "end_date": "",
        "definition": "As agreed",
        "customers": [{"account_id": customer.id}],
        "action": "save",
        **values,
    }


def test_a_project_is_begun_divided_and_filled(db, member, customer):
    project = post(member, "/projects/add", new(customer)).follow()
    assert "Project TOIT of" in words(project)
    assert "Ville de Rennes" in words(project)
    assert "Nothing in this project yet" in words(project)
    for name in ("Study", "Work"):
        project = save(project.click("New phase", index=0), name=name).follow()
    found = only(db)
    assert [phase.name for phase in found.phases] == ["Study", "Work"]

    invoice = make_invoice(db, customer, project=found, phase=found.phases[0])
    project = member.get(f"/projects/{found.id}/")
    assert "Study 1 document" in words(project)
    assert "Work 0 documents" in words(project)

    form = next(one for one in project.forms.values() if one.action.endswith("/move"))
    form.set("row", True, index=0)
    form["phase_id"] = str(found.phases[1].id)
    assert "1 document is moved." in form.submit(status=303).follow().text
    assert db.get(Task, invoice.id).phase.name == "Work"
    (change,) = db.query(FieldChange).filter_by(field="phase_id")
    assert (change.node_id, change.before, change.after) == (
        invoice.id,
        "Study",
        "Work",
    )


def test_a_phase_is_renamed_and_deleted_once_it_is_empty(db, member, company, customer):
    project = make_project(db, company, phases=("Study", "Work"))
    study = project.phases[0]
    invoice = make_invoice(db, customer, project=project, phase=study)
    make_invoice(db, customer, project=project, phase=study, deleted_at=NOW)
    edit = f"/projects/{project.id}/phases/{study.id}/edit"
    page = save(member.get(edit), name="First floor").follow()
    assert "First floor" in words(page)
    assert not page.html.select(f"form[action$='/phases/{study.id}/delete']")

    sent = {"version": project.version}
    refused = post(member, edit.replace("edit", "delete"), sent).follow()
    assert "The phase holds 1 document: move it first." in refused.text

    db.get(Task, invoice.id).phase_id = None
    page = button(member.get(f"/projects/{project.id}/"), f"{study.id}/delete").follow()
    assert "First floor" not in words(page).split("Timeline")[0]
    assert [one.name for one in db.query(Phase)] == ["Work"]
    assert db.query(Task).filter(Task.phase_id.is_not(None)).count() == 0


def test_a_validated_document_is_moved_too(db, member, company, customer):
    project = make_project(db, company, phases=("Study", "Work"))
    invoice = make_invoice(
        db, customer, status="valid", project=project, phase=project.phases[0]
    )
    ids = (project.id, invoice.id, project.phases[1].id)
    sent = {"version": project.version, "row": ids[1], "phase_id": ids[2]}
    post(member, f"/projects/{ids[0]}/move", sent)
    assert db.get(Task, ids[1]).phase_id == ids[2]
    post(member, f"/projects/{ids[0]}/move", {**sent, "phase_id": ""})
    assert db.get(Task, ids[1]).phase_id is None
    assert db.get(Task, ids[1]).project_id == ids[0]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"row": "1"}, "This phase belongs to another project."),
        ({"row": "1", "phase_id": "x"}, "This phase belongs to another project."),
        ({"row": "x", "phase_id": ""}, "Tick the documents to move first."),
        ({"phase_id": ""}, "Tick the documents to move first."),
    ],
)
def test_nonsense_moves_nothing(sent, sentence, db, member, company):
    project = make_project(db, company)
    other = make_project(db, company, phases=("Elsewhere",))
    sent = {"phase_id": other.phases[0].id, **sent, "version": project.version}
    answer = post(member, f"/projects/{project.id}/move", sent).follow()
    assert sentence in answer.text


def test_documents_of_another_project_stay_where_they_are(db, member, company):
    project = make_project(db, company, phases=("Study",))
    other = make_project(db, company)
    customer = make_customer(db, company)
    invoice = make_invoice(db, customer, project=other)
    sent = {
        "version": project.version,
        "row": invoice.id,
        "phase_id": project.phases[0].id,
    }
    post(member, f"/projects/{project.id}/move", sent)
    found = db.get(Task, invoice.id)
    assert (found.project_id, found.phase_id) == (other.id, None)


def test_a_project_is_archived_and_then_takes_nothing_new(
    db, member, company, customer
):
    project = make_project(db, company, phases=("Study",))
    page = member.get(f"/projects/{project.id}/")
    assert offered(page) == ["archive"]
    page = press(page, "archive").follow()
    assert offered(page) == ["unarchive"]
    assert not page.html.select("a[href$='/edit']")
    assert "It is archived: take it out of the archive first." in words(page)

    draft = make_invoice(db, customer)
    found = only(db)
    with pytest.raises(WrongValues, match="archived"):
        projects.put(draft, found, None)
    assert "New phase" in words(press(page, "unarchive").follow())


def test_what_is_in_an_archived_project_stays_there(db, company, customer):
    project = make_project(db, company, phases=("Study",))
    invoice = make_invoice(db, customer, project=project)
    move(db, project, "archive")
    projects.put(invoice, project, project.phases[0])
    assert invoice.phase is project.phases[0]


def places(db):
    """Yield places a document cannot have: project, phase, sentence."""
    here, there = make_company(db), make_company(db)
    mine = make_project(db, here, phases=("Study",))
    other = make_project(db, here, phases=("Work",))
    foreign = make_project(db, there)
    gone = make_project(db, here, deleted_at=NOW)
    draft = make_invoice(db, make_customer(db, here))
    yield draft, mine, other.phases[0], "This phase belongs to another project."
    yield draft, foreign, None, "This project belongs to another company."
    yield draft, gone, None, "This project belongs to another company."
    yield draft, None, mine.phases[0], "Choose the project of the phase, too."


def test_a_document_has_no_place_that_does_not_fit(db):
    for draft, project, phase, sentence in places(db):
        with pytest.raises(WrongValues) as error:
            projects.put(draft, project, phase)
        assert error.value.args == (sentence,)
        assert (draft.project, draft.phase) == (None, None)


def test_only_what_is_empty_is_put_into_the_bin(db, member, company, customer):
    project = make_project(db, company)
    invoice = make_invoice(db, customer, project=project)
    page = member.get(f"/projects/{project.id}/")
    assert "It holds 1 document: only what is empty can be deleted." in words(page)
    assert not page.html.select("form[action$='/delete']")
    sent = {"version": project.version}
    refused = post(member, f"/projects/{project.id}/delete", sent).follow()
    assert "only what is empty can be deleted" in refused.text

    db.get(Task, invoice.id).project_id = None
    page = button(member.get(f"/projects/{project.id}/"), "delete").follow()
    assert only(db).deleted_at
    button(page, "restore")
    assert not only(db).deleted_at


REFUSED = {
    "code": ({"code": "x" * 13}, "code", "12"),
    "no code": ({"code": ""}, "code", "Please fill this in."),
    "no name": ({"name": " "}, "name", "Please fill this in."),
    "doubled": ({"code": "T-1"}, "code", "Another project has the code “T-1”"),
    "doubled, nearly": ({"code": "t -1"}, "code", "Another project has the code"),
    "dates": ({"end_date": "2026-11-01"}, "end_date", "It ends before it starts."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_project_that_cannot_be_is_refused_at_its_field(
    case, db, member, company, customer
):
    make_project(db, company, code="T-1")
    make_project(db, code="TOIT")
    values, field, sentence = REFUSED[case]
    page = post(member, "/projects/add", new(customer, **values), status=422)
    wrong = page.html.find(attrs={"name": field, "aria-invalid": "true"})
    assert sentence in page.html.find(id=wrong["aria-describedby"].split()[-1]).text
    assert db.query(Project).count() == 2


def test_the_code_of_another_company_is_free(db, member, customer):
    make_project(db, code="TOIT")
    post(member, "/projects/add", new(customer))
    assert db.query(Project).count() == 2


def test_customers_of_another_company_are_refused(db, author, login, member, company):
    foreign = make_customer(db)
    page = post(member, "/projects/add", new(foreign), status=422)
    assert "cannot be chosen here" in page.text

    make_membership(db, author, foreign.company)
    both = login(author)
    sent = new(foreign, company_id=company.id)
    page = post(both, "/projects/add", sent, status=422)
    assert "is a customer of another company." in page.text
    post(both, "/projects/add", {**sent, "company_id": foreign.company_id})
    assert only(db).company_id == foreign.company_id


def test_a_customer_is_named_once(db, member, customer):
    twice = [{"account_id": customer.id}] * 2
    page = post(member, "/projects/add", new(customer, customers=twice), status=422)
    assert "Name each customer once only." in page.text


def test_an_edit_keeps_what_was(db, member, company, customer):
    project = make_project(db, company, customers=[customer], name="Roof")
    page = save(member.get(f"/projects/{project.id}/edit"), name="Cellar").follow()
    found = only(db)
    assert (found.name, found.customers) == ("Cellar", [customer])
    assert "Roof" in words(page).split("Timeline")[1]


def test_whoever_was_slower_is_told(db, member, company):
    project = make_project(db, company, phases=("Study",))
    page = member.get(f"/projects/{project.id}/edit")
    project.name = "Cellar"
    db.flush()
    assert save(page, name="Attic", status=409)
    assert only(db).name == "Cellar"


def test_nobody_else_finds_it(db, login, company):
    project = make_project(db, company, phases=("Study",))
    elsewhere = login(make_member(db, make_company(db)))
    for path in ("", "edit", "phases/add", f"phases/{project.phases[0].id}/edit"):
        elsewhere.get(f"/projects/{project.id}/{path}", status=404)
    assert elsewhere.get("/projects/find?q=roof").json == []
    assert "Roof" not in words(elsewhere.get("/projects/"))
    auditor = login(make_user(db, roles={"auditor"}))
    sent = {"version": project.version, "row": "1", "phase_id": ""}
    post(auditor, f"/projects/{project.id}/move", sent, status=403)


def test_projects_are_listed_found_and_archived_together(db, member, company, customer):
    roof = make_project(db, company, code="B2", name="Roof", customers=[customer])
    make_project(db, company, code="A1", name="Cellar")
    make_invoice(db, customer, project=roof)
    make_invoice(db, customer, project=roof, deleted_at=NOW)
    rows = member.get("/projects/?fmt=json").json["rows"]
    assert [(one["code"], one["documents"]) for one in rows] == [("A1", 0), ("B2", 1)]
    assert rows[1]["customers"] == "Ville de Rennes"
    for query in ("q=roof", "q=b2", f"customer={customer.id}"):
        found = member.get(f"/projects/?fmt=json&{query}").json["rows"]
        assert [one["name"] for one in found] == ["Roof"], query

    sent = [("row", f"{roof.id}-{roof.version}"), ("action", "archive")]
    member.post("/projects/bulk", [*sent, ("csrf_token", token(member))])
    names = {
        state: [
            one["name"]
            for one in member.get(f"/projects/?fmt=json&archive_status={state}").json[
                "rows"
            ]
        ]
        for state in ("open", "archived")
    }
    assert names == {"open": ["Cellar"], "archived": ["Roof"]}
    assert "Roof" in member.get("/projects/export.csv").text
    offered_now = member.get("/projects/find?q=roof&open=1").json
    assert (offered_now, len(member.get("/projects/find?q=roof").json)) == ([], 1)


def test_a_program_reads_and_writes_projects(db, member, company, customer):
    csrf = token(member)
    headers = {"Accept": "application/json", "X-CSRF-Token": csrf}
    sent = {"code": "A", "name": "Attic", "customers": [{"account_id": customer.id}]}
    made = member.post_json("/projects/add", sent, headers=headers, status=201).json
    elsewhere = {**sent, "code": "B", "company_id": make_company(db).id}
    refused = member.post_json("/projects/add", elsewhere, headers=headers, status=422)
    assert "company_id" in refused.json["errors"]
    found = member.get(made["url"], headers=headers).json
    assert found["customers"] == [{"account_id": customer.id}]
    assert found["states"] == {"archive_status": "open"}
    phase = {"name": "Study", "version": found["version"]}
    member.post_json(f"{made['url']}phases/add", phase, headers=headers)
    found = member.get(made["url"], headers=headers).json
    invoice = make_invoice(db, customer, project=only(db))
    moving = {
        "rows": [invoice.id],
        "phase_id": found["phases"][0]["id"],
        "version": found["version"],
    }
    member.post_json(f"{made['url']}move", moving, headers=headers)
    found = member.get(made["url"], headers=headers).json
    assert found["documents"][0]["phase_id"] == found["phases"][0]["id"]


def form_with(page, **values):
    """Return the form of a document with a project and a phase chosen in it."""
    form = document_form(page)
    for name, value in values.items():
        form[name].force_value(str(value))
    return form


def saved(form, status=303):
    """Press plain saving."""
    names = [one.value_if_submitted() for one in form.fields["action"]]
    return form.submit("action", index=names.index("save"), status=status)


@pytest.mark.parametrize("kind", ["invoices", "estimations"])
def test_a_document_is_written_in_the_project_one_comes_from(
    kind, db, member, company, customer
):
    project = make_project(db, company, phases=("Study", "Work"))
    page = member.get(f"/projects/{project.id}/")
    (link,) = page.html.select(f"main a[href*='/{kind}/add?project=']")
    page = member.get(link["href"])
    assert project.title in words(page)
    asked = f"/projects/phases?project={project.id}&q=wo"
    (phase,) = member.get(asked).json
    form = form_with(page, account_id=customer.id, phase_id=phase["id"])
    form["name"] = "Tiles"
    page = saved(form).follow()
    (task,) = db.query(Task)
    assert (task.project_id, task.phase.name) == (project.id, "Work")
    assert project.title in words(page)
    assert "Work" in words(page)
    listed = member.get(f"/{kind}/?fmt=json&project={project.id}").json["rows"]
    assert [one["id"] for one in listed] == [task.id]


def test_phases_are_found_of_open_projects_one_may_view(db, member, company):
    foreign = make_project(db, phases=("Study",))
    archived = make_project(db, company, phases=("Study",))
    move(db, archived, "archive")
    for project in (foreign.id, archived.id, "x", ""):
        assert member.get(f"/projects/phases?project={project}&q=").json == []


WRONG_PLACES = {
    "phase of another project": "This phase belongs to another project.",
    "phase without its project": "Choose the project of the phase, too.",
    "archived": "cannot be chosen here",
    "of another company": "cannot be chosen here",
}


@pytest.mark.parametrize("case", WRONG_PLACES)
def test_a_wrong_place_is_refused_in_the_form(case, db, member, company, customer):
    mine = make_project(db, company, phases=("Study",))
    other = make_project(db, company, phases=("Work",))
    archived = make_project(db, company)
    move(db, archived, "archive")
    chosen = {
        "phase of another project": (mine.id, other.phases[0].id),
        "phase without its project": ("", other.phases[0].id),
        "archived": (archived.id, ""),
        "of another company": (make_project(db).id, ""),
    }[case]
    invoice = make_invoice(db, customer)
    page = member.get(f"/invoices/{invoice.id}/edit")
    names = ("project_id", "phase_id")
    form = form_with(page, **dict(zip(names, chosen, strict=True)))
    assert WRONG_PLACES[case] in saved(form, status=422).text
    assert db.get(Task, invoice.id).project_id is None


def test_a_document_of_an_archived_project_is_still_edited(
    db, member, company, customer
):
    project = make_project(db, company, phases=("Study",))
    place = {"project": project, "phase": project.phases[0]}
    invoice = make_invoice(db, customer, **place)
    move(db, project, "archive")
    page = member.get(f"/invoices/{invoice.id}/edit")
    save(page, name="Something else")
    found = db.get(Task, invoice.id)
    assert (found.name, found.phase.name) == ("Something else", "Study")
    copied = post(member, f"/invoices/{invoice.id}/duplicate", {}).follow()
    assert "The project is archived: nothing new is written for it." in copied.text
    assert db.query(Task).count() == 1


def test_phases_are_offered_without_script_as_well(db, member, company, customer):
    project = make_project(db, company, phases=("Study", "Work"))

    def phases_of(page):
        options = page.html.select("select[name=phase_id] option")
        return [one.text for one in options if one["value"]]

    page = member.get(f"/invoices/add?project={project.id}")
    assert phases_of(page) == ["Study", "Work"]
    form = form_with(member.get("/invoices/add"), project_id=project.id)
    form["find.phase_id"] = "wo"
    names = [one.value_if_submitted() for one in form.fields["action"]]
    page = form.submit("action", index=names.index("find"), status=200)
    assert phases_of(page) == ["Work"]
    assert phases_of(member.get("/invoices/add?project=x")) == []
