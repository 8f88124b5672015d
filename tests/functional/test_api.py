"""The same pages for programs: the same records, the same rights, errors as JSON."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.sales import Invoice
from endi_like.services.sessions import api_tokens, revoke_api_token
from tests.factories import (
    NOW,
    make_company,
    make_conditions,
    make_invoice,
    make_member,
    make_mode,
    make_user,
    make_vat,
    pay,
)
from tests.functional.moved import moves
from tests.functional.pages import post
from tests.functional.programs import Program, make_token


@pytest.fixture
def people(db, company):
    """Whoever the tables are about, by what they are called there."""
    elsewhere = make_company(db)
    return {
        "member": make_member(db, company, name="Mona Member"),
        "selfvalidator": make_member(db, company, "self_validate", ceiling="1000"),
        "cashier": make_member(db, company, "record_payment"),
        "stranger": make_member(db, elsewhere, "self_validate", "record_payment"),
        "manager": make_user(db, name="Max Manager", roles={"manager"}),
        "accountant": make_user(db, roles={"accountant"}),
        "auditor": make_user(db, roles={"auditor"}),
        "admin": make_user(db, roles={"admin"}),
    }


@pytest.fixture
def program(app, db, people):
    return lambda who, **token: Program(app, db, people[who], **token)


def url(invoice):
    return f"/invoices/{invoice.id}/"


def test_a_record_in_json_says_what_its_page_says(db, customer, program):
    invoice = make_invoice(db, customer, name="Roof", status="valid", lines=["99.5"])
    payment = pay(db, invoice, "19.40", reference="VIR")

    found = program("manager").get(url(invoice)).json

    assert found["id"] == invoice.id
    assert (found["version"], found["url"]) == (invoice.version, url(invoice))
    assert found["official_number"] == invoice.official_number
    assert (found["name"], found["date"]) == ("Roof", "2026-11-20")
    assert [Decimal(found[name]) for name in ("ht", "tva", "ttc", "to_pay")] == [
        Decimal("99.5"),
        Decimal("19.9"),
        Decimal("119.4"),
        100,
    ]
    assert found["states"] == {
        "validation_status": "valid",
        "paid_status": "paid",
        "closure_status": "open",
    }
    assert found["actions"] == ["close"]
    assert found["groups"][0]["lines"][0]["description"] == "Work"
    assert found["payments"][0]["id"] == payment.id
    assert found["payments"][0]["reference"] == "VIR"
    assert not [name for name in found if "hash" in name or "search" in name]


@pytest.mark.parametrize("how", ["accept", "fmt", "quality"])
def test_json_is_asked_for_by_header_or_parameter(db, customer, login, people, how):
    browser = login(people["manager"])
    invoice = make_invoice(db, customer)
    headers = {
        "accept": {"Accept": "application/json"},
        "quality": {"Accept": "text/html;q=0.5, application/json"},
    }

    query = "?fmt=json" if how == "fmt" else ""
    answer = browser.get(url(invoice) + query, headers=headers.get(how, {}))

    assert answer.json["id"] == invoice.id
    assert browser.get(url(invoice)).content_type == "text/html"


def test_without_a_slash_it_is_the_same_record(db, customer, program):
    invoice = make_invoice(db, customer)

    found = program("manager").get(f"/invoices/{invoice.id}").json

    assert found["id"] == invoice.id


def test_amounts_are_exact_texts_whatever_the_language(db, customer, program, people):
    people["manager"].language = "fr"
    invoice = make_invoice(db, customer, lines=["1234567.12345"])

    found = program("manager").get(url(invoice)).json

    assert found["groups"][0]["lines"][0]["cost"] == "1234567.12345"
    assert found["ht"] == "1234567.12000"


def test_a_list_in_json_is_paged_and_filtered_like_the_page(db, customer, program):
    made = [make_invoice(db, customer, name=f"Job {n}") for n in range(85)]
    manager = program("manager")

    first = manager.get("/invoices/?sort=date").json
    second = manager.get("/invoices/", {"sort": "date", "after": first["after"]}).json

    assert (first["count"], first["complete"], first["before"]) == (85, True, None)
    rows = first["rows"] + second["rows"]
    assert [row["id"] for row in rows] == [one.id for one in made]
    assert rows[0]["name"] == "Job 0"
    assert rows[0]["status"] == ["draft"]
    assert rows[0]["url"] == url(made[0])
    assert rows[0]["version"] == made[0].version
    assert second["after"] is None
    assert manager.get("/invoices/?q=job+84").json["count"] == 1


def test_a_list_in_json_adds_up_the_page_and_all_rows(
    db, customer, program, monkeypatch
):
    for _ in range(81):
        make_invoice(db, customer, lines=["0.5"], status="valid")
    manager = program("manager")

    found = manager.get("/invoices/").json
    monkeypatch.setattr("endi_like.grids.core.COUNTED", 80)
    uncounted = manager.get("/invoices/").json

    assert {k: Decimal(v) for k, v in found["page_totals"].items()} == {
        "ht": 40,
        "ttc": 48,
        "to_pay": 48,
    }
    assert found["totals"]["ttc"] == "48.60000"
    assert uncounted["totals"] is None


WHO_MAY = """
                submit    validate  payment   close     edit      delete    read
member          draft     -         -         -         draft     draft     yes
selfvalidator   draft     draft     -         -         draft     draft     yes
cashier         draft     -         valid     -         draft     draft     yes
stranger        -         -         -         -         -         -         no
manager         draft     draft     valid     valid     draft     draft     yes
accountant      -         -         valid     valid     -         -         yes
auditor         -         -         -         -         -         -         yes
admin           -         -         -         -         -         -         no
"""
HEAD, *ROWS = [line.split() for line in WHO_MAY.strip().splitlines()]
REQUESTS = {
    "submit": ("do", {"action": "submit"}),
    "validate": ("do", {"action": "validate"}),
    "close": ("do", {"action": "close", "reason": "Bankrupt"}),
    "payment": ("payment", {"date": "2026-11-20", "amount": "12"}),
    "edit": ("edit", {"name": "Changed"}),
    "delete": ("delete", {}),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
@pytest.mark.parametrize("verb", REQUESTS)
@pytest.mark.parametrize("state", ["draft", "valid"])
def test_A2_what_the_page_denies_the_api_denies(
    db, customer, program, login, people, row, verb, state
):
    """One table for both: the status of the form's answer and of the program's."""
    who, *cells = row
    allowed = dict(zip(HEAD, cells, strict=True))
    mode = make_mode(db)
    answers = []
    for browser in ("form", "program"):
        invoice = make_invoice(db, customer, status=state)
        path, values = REQUESTS[verb]
        sent = {**values, "version": invoice.version}
        if verb == "payment":
            sent["mode_id"] = mode.id
        if browser == "program":
            answer = program(who).post(url(invoice) + path, sent, status="*")
        else:
            if verb == "edit":
                sent |= complete(invoice)
            answer = post(login(people[who]), url(invoice) + path, sent, "*")
        answers.append(answer.status_int)
        is_changed = (invoice.version, invoice.deleted_at) != (sent["version"], None)
        assert is_changed == (answer.status_int in (200, 303))

    form, api = answers
    if allowed["read"] == "no":
        assert (form, api) == (404, 404)
    elif allowed[verb] == state:
        assert (form, api) == (303, 200)
    else:
        assert api in (403, 409, 422)
        # a guard's sentence is shown on the page it leads back to
        assert form == api or (form, api) == (303, 422)


def complete(invoice):
    """Return what the page of the form sends besides what was typed."""
    return {
        "account_id": invoice.account_id,
        "date": "2026-11-20",
        "groups": [],
        "discounts": [],
        "post_tax_lines": [],
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_seen_is_the_same(db, customer, program, login, people, row):
    who, *_cells, readable = row
    invoice = make_invoice(db, customer)
    browser = login(people[who])
    status = 200 if readable == "yes" else 404

    assert browser.get(url(invoice), status="*").status_int == status
    assert program(who).get(url(invoice), status="*").status_int == status
    page = browser.get("/invoices/", status="*")
    listed = program(who).get("/invoices/", status="*")
    assert page.status_int == listed.status_int
    if page.status_int == 200:
        assert listed.json["count"] == (1 if readable == "yes" else 0)
        assert (f'href="{url(invoice)}' in page) == (readable == "yes")


@pytest.mark.parametrize("who", ["member", "manager", "auditor", "accountant"])
@pytest.mark.parametrize("state", ["draft", "wait", "valid"])
def test_actions_in_json_are_the_buttons(
    db, customer, program, login, people, who, state
):
    invoice = make_invoice(db, customer, status=state)
    page = login(people[who]).get(url(invoice))
    buttons = page.html.select("form[action$='/do'] input[name=action]")

    found = program(who).get(url(invoice)).json["actions"]

    assert sorted(found) == sorted(one["value"] for one in buttons)


def test_actions_by_json_move_as_buttons_do(db, customer, program):
    invoice = make_invoice(db, customer)
    member, manager = program("member"), program("manager")

    answer = member.post(
        f"{url(invoice)}do", {"action": "submit", "version": invoice.version}
    )
    assert answer.json == {
        "id": invoice.id,
        "version": 2,
        "url": url(invoice),
        "states": {"validation_status": "wait"},
        "said": "It waits for validation.",
    }
    answer = manager.post(
        f"{url(invoice)}do",
        {"action": "invalidate", "version": 2, "reason": "Number missing"},
    )
    assert answer.json["states"] == {"validation_status": "invalid"}
    assert invoice.validation_status_comment == "Number missing"
    answer = manager.post(f"{url(invoice)}do", {"action": "validate", "version": 3})
    assert answer.json["states"]["validation_status"] == "valid"
    assert moves(db, invoice) == ["submit", "invalidate", "validate"]


def test_an_invoice_is_written_by_json(db, customer, program):
    values = {
        "account_id": customer.id,
        "date": "2026-11-20",
        "name": "Roof",
        "groups": [
            {
                "title": "Tiles",
                "lines": [
                    {
                        "description": "Red",
                        "cost": "9.5",
                        "quantity": 100,
                        "vat_id": make_vat(db).id,
                    }
                ],
            }
        ],
        "payment_conditions_id": make_conditions(db).id,
        "action": "submit",
    }

    answer = program("member").post("/invoices/add", values, status=201)

    invoice = db.scalars(select(Invoice)).one()
    assert answer.json["url"] == url(invoice)
    assert answer.json["states"] == {"validation_status": "wait"}
    assert (invoice.ht, invoice.ttc) == (950, 1140)
    assert invoice.company_id == customer.company_id


def test_what_was_read_can_be_sent_back_changed(db, customer, program, people):
    people["member"].language = "de"
    invoice = make_invoice(db, customer, lines=["1234.5", "10"], name="Roof")
    kept = [line.id for line in invoice.lines]
    member = program("member")
    read = member.get(url(invoice)).json
    read["groups"][0]["lines"][0]["cost"] = "2000.25"
    read["name"] = "New roof"

    answer = member.post(f"{url(invoice)}edit", read, status=200)

    assert answer.json["version"] == 2
    assert (invoice.name, invoice.ht) == ("New roof", Decimal("2010.25"))
    assert [line.id for line in invoice.lines] == kept


def test_what_is_not_sent_stays_as_it_is(db, customer, program):
    invoice = make_invoice(db, customer, lines=["100", "50"], notes="Keep me")
    sent = {"version": invoice.version, "name": "Renamed"}

    program("member").post(f"{url(invoice)}edit", sent, status=200)

    assert (invoice.name, invoice.notes) == ("Renamed", "Keep me")
    assert [line.cost for line in invoice.lines] == [100, 50]
    assert invoice.payment_conditions_id


def test_saving_and_moving_are_one_for_programs_too(db, customer, program):
    invoice = make_invoice(db, customer)
    sent = {"version": 1, "name": "Renamed", "action": "submit"}

    program("member").post(f"{url(invoice)}edit", sent, status=200)

    assert (invoice.name, invoice.validation_status) == ("Renamed", "wait")


def test_a_reason_is_sent_beside_the_action_when_saving(db, customer, program):
    invoice = make_invoice(db, customer, status="wait")
    sent = {"version": invoice.version, "action": "invalidate", "reason": "No date"}

    program("manager").post(f"{url(invoice)}edit", sent, status=200)

    assert invoice.validation_status == "invalid"
    assert invoice.validation_status_comment == "No date"


def test_numbers_may_be_numbers(db, customer, program):
    vat = make_vat(db)
    invoice = make_invoice(db, customer)
    line = {"description": "Exact", "cost": 0.1, "quantity": 3, "vat_id": vat.id}
    sent = {"version": 1, "groups": [{"lines": [line]}]}

    program("member").post(f"{url(invoice)}edit", sent, status=200)

    assert invoice.lines[0].cost == Decimal("0.1")
    assert invoice.ht == Decimal("0.3")


def test_wrong_values_are_named_by_their_place(db, customer, program):
    invoice = make_invoice(db, customer)
    line = {"description": "x", "cost": "a lot", "vat_id": 999_999}
    sent = {
        "version": 1,
        "name": "x" * 256,
        "groups": [{"lines": [line]}],
        "date": "today",
    }

    answer = program("member").post(f"{url(invoice)}edit", sent, status=422)

    assert answer.json["errors"].keys() == {
        "name",
        "date",
        "groups.0.lines.0.cost",
        "groups.0.lines.0.vat_id",
    }
    assert answer.json["errors"]["groups.0.lines.0.cost"] == [
        "“a lot” is not a number."
    ]
    assert invoice.version == 1


def test_a_guard_is_a_422_with_sentences(db, customer, program):
    invoice = make_invoice(db, customer, lines=[])
    sent = {"action": "submit", "version": 1}

    answer = program("member").post(f"{url(invoice)}do", sent, status=422)

    assert answer.json["reasons"] == ["Add at least one line."]
    assert answer.json["error"]
    assert moves(db, invoice) == []


def test_a_refusal_is_a_403_with_the_reason(db, customer, program):
    invoice = make_invoice(db, customer, lines=["1000.01"])
    sent = {"action": "validate", "version": 1}

    answer = program("selfvalidator").post(f"{url(invoice)}do", sent, status=403)

    assert answer.json["reasons"] == [
        "Your ceiling in this company is 1,000.00 before tax."
    ]


def test_a_conflict_is_a_409_that_says_who_did_what_and_when(
    db, customer, program, clock
):
    invoice = make_invoice(db, customer)
    sent = {"action": "validate", "version": 1}
    program("manager").post(f"{url(invoice)}do", sent)

    answer = program("selfvalidator").post(f"{url(invoice)}do", sent, status=409)

    assert answer.json["reasons"] == ["It has changed since your page was opened."]
    assert answer.json["last_change"] == {
        "who": "Max Manager",
        "at": clock().isoformat(),
        "action": "validate",
    }


def test_an_edit_over_another_is_a_conflict(db, customer, program):
    invoice = make_invoice(db, customer, name="Roof")
    sent = {"version": 1, "name": "Theirs"}
    program("manager").post(f"{url(invoice)}edit", sent)

    answer = program("member").post(
        f"{url(invoice)}edit", {"version": 1, "name": "Mine"}, status=409
    )

    assert answer.json["last_change"]["who"] == "Max Manager"
    assert answer.json["last_change"]["action"] is None
    assert invoice.name == "Theirs"


@pytest.mark.parametrize(
    "version", [None, 0, 99, "x", [1], {"a": 1}, True, 1.5], ids=repr
)
@pytest.mark.parametrize("path", ["do", "edit", "delete", "restore"])
def test_without_the_right_version_nothing_happens(
    db, customer, program, path, version
):
    invoice = make_invoice(db, customer)
    sent = {"action": "validate" if path == "do" else "save", "version": version}
    if version is None:
        del sent["version"]

    program("manager").post(url(invoice) + path, sent, status=409)

    assert (invoice.version, moves(db, invoice)) == (1, [])
    assert invoice.deleted_at is None


@pytest.mark.parametrize("collection", ["users", "companies", "vat-rates", "customers"])
def test_a_stale_version_is_a_conflict_everywhere(
    db, app, customer, people, collection
):
    program = Program(app, db, make_user(db, roles={"admin", "manager"}))
    make_vat(db)
    (row, *_rest) = program.get(f"/{collection}/").json["rows"]
    assert program.get(row["url"]).json["id"] == row["id"]

    answer = program.post(f"{row['url']}edit", {"version": 12345}, status=409)

    assert answer.json["reasons"] == ["It has changed since your page was opened."]


BAD_BODIES = {
    "broken": (b"{", 400),
    "no object": (b"[1]", 400),
    "text": (b'"x"', 400),
    "nan": (b'{"version": NaN}', 400),
    "huge number": (b'{"version": 1e400}', None),
    "huge integer": (b'{"version": ' + b"9" * 5000 + b"}", 400),
    "doubled": (b'{"version": 1, "version": 2}', 400),
    "deep": (b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}", 400),
    "not utf-8": (b'{"name": "\xff"}', 400),
    "nul": (b'{"name": "a\\u0000b", "version": 1}', None),
    "surrogate": (b'{"name": "\\ud800", "version": 1}', None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize("name", BAD_BODIES)
@pytest.mark.parametrize("path", ["do", "edit", "delete", "payment"])
def test_a_bad_body_is_answered_in_json_and_changes_nothing(
    db, customer, program, name, path
):
    invoice = make_invoice(db, customer, name="Roof")
    body, status = BAD_BODIES[name]
    manager = program("manager")

    answer = manager.send(url(invoice) + path, body)

    assert answer.status_int == (status or answer.status_int)
    assert 400 <= answer.status_int < 500
    assert answer.json.keys() & {"error", "errors"}
    assert (invoice.name, invoice.version) == ("Roof", 1)


def test_json_sent_as_a_form_is_refused(db, customer, program):
    invoice = make_invoice(db, customer)
    manager = program("manager")
    headers = manager.headers

    manager.send_form(f"{url(invoice)}do", {"action": "validate"}, headers, 400)

    assert moves(db, invoice) == []


UNKNOWN = ["/invoices/999999/", "/invoices/x/", "/nothing", "/invoices/999999/do"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_not_there_is_a_404_in_json(program, path):
    answer = program("manager").get(path, status=404)

    assert answer.json["error"] == "There is nothing here"


def test_only_get_and_post_are_understood(db, customer, program):
    invoice = make_invoice(db, customer)
    manager = program("manager")

    for method in (manager.put_json, manager.delete_json, manager.patch_json):
        answer = method(url(invoice), {}, headers=manager.headers, status=405)
        assert answer.json["reasons"]
    assert invoice.deleted_at is None


def test_a_401_is_called_what_it_is(app, db, customer):
    answer = Program(app, db).get("/invoices/", status=401)

    assert answer.json["error"] == "Please say who you are"


def test_a_program_that_names_a_company_is_taken_at_its_word(app, db, customer):
    member = Program(app, db, make_member(db, customer.company))
    sent = {"account_id": customer.id, "name": "Roof", "date": "2026-11-20"}
    elsewhere = make_company(db)

    answer = member.post(
        "/invoices/add", {**sent, "company_id": elsewhere.id}, status=422
    )
    assert list(answer.json["errors"]) == ["company_id"]
    for named in ({}, {"company_id": customer.company_id}):
        answer = member.post("/invoices/add", sent | named, status=201)
        assert answer.json["said"] == "The draft is saved."
    assert db.scalar(select(func.count()).select_from(Invoice)) == 2


@pytest.mark.parametrize("key", ["", "x", "e" * 43, "\u00e9", "Bearer x"])
def test_a_token_that_is_none_is_a_401(app, db, customer, key):
    stranger = Program(app, db)
    stranger.headers["Authorization"] = f"Bearer {key}"

    for path in ("/invoices/", "/account", "/openapi.json"):
        answer = stranger.get(path, status=401)
        assert answer.json["reasons"] == ["Please send a valid API token."]
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    stranger.post("/invoices/add", {}, status=401)


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_another_scheme_is_a_401(app, db, people, scheme):
    stranger = Program(app, db)
    key = make_token(db, people["manager"])
    stranger.headers["Authorization"] = f"{scheme} {key}".strip()

    stranger.get("/invoices/", status=401)


def test_a_token_that_has_ended_opens_nothing(app, db, people, clock):
    manager = people["manager"]
    revoked = Program(app, db, manager)
    (kept,) = api_tokens(db, manager.id)
    short = Program(app, db, manager, expires_at=NOW + timedelta(days=1))
    lasting = Program(app, db, manager)
    for one in (revoked, short, lasting):
        one.get("/invoices/", status=200)

    assert revoke_api_token(db, manager.id, kept.id, now=NOW)
    clock.advance(days=2)

    revoked.get("/invoices/", status=401)
    short.get("/invoices/", status=401)
    lasting.get("/invoices/", status=200)


def test_the_token_of_a_disabled_user_opens_nothing(db, program, people):
    manager = program("manager")
    manager.get("/invoices/", status=200)

    people["manager"].active = False

    manager.get("/invoices/", status=401)


def test_a_token_that_may_only_look_changes_nothing(db, customer, program):
    invoice = make_invoice(db, customer)
    reader = program("manager", read_only=True)

    reader.get(url(invoice), status=200)
    reader.get("/invoices/export.csv", status=200)
    for path, values in REQUESTS.values():
        sent = {**values, "version": invoice.version}
        reader.post(url(invoice) + path, sent, status=403)
    for path in ("/invoices/add", "/invoices/bulk", f"{url(invoice)}duplicate"):
        reader.post(path, {"rows": []}, status=403)

    assert (invoice.version, moves(db, invoice)) == (1, [])
    assert reader.get(url(invoice)).json["actions"] == []


def test_a_token_does_not_manage_the_account(db, program, people):
    """Whoever finds a token must not be able to make it last, or to lock us out."""
    manager = program("manager")
    sent = {"action": "make_token", "name": "More", "days": "", "read_only": "false"}
    tokens = len(api_tokens(db, people["manager"].id))

    manager.get("/account", status=403)
    manager.send_form("/account", sent, manager.headers, 403)
    manager.post("/account", sent, status="4*")

    assert len(api_tokens(db, people["manager"].id)) == tokens


def test_a_token_needs_no_csrf_token_but_a_cookie_does(db, customer, login, people):
    invoice = make_invoice(db, customer)
    browser = login(people["manager"])
    sent = {"action": "validate", "version": 1}

    answer = browser.post_json(
        f"{url(invoice)}do", sent, headers={"Accept": "application/json"}, status=400
    )

    assert answer.json["reasons"]
    assert moves(db, invoice) == []


def test_the_history_says_whose_token_it_was(db, customer, program):
    invoice = make_invoice(db, customer)

    program("member").post(f"{url(invoice)}edit", {"version": 1, "name": "Renamed"})

    assert invoice.updated_by.name == "Mona Member"


def test_payments_by_json(db, customer, program):
    invoice = make_invoice(db, customer, status="valid")
    mode = make_mode(db)
    accountant = program("accountant")
    sent = {"date": "2026-11-20", "amount": "20", "mode_id": mode.id}

    def version():
        return {"version": invoice.version}

    accountant.post(f"{url(invoice)}payment", sent | version(), status=200)
    payment = invoice.payments[0]
    place = f"{url(invoice)}payments/{payment.id}/"
    accountant.post(f"{place}edit", {"amount": "120"} | version(), status=200)
    assert (payment.amount, invoice.paid_status) == (120, "resulted")
    answer = accountant.post(f"{place}delete", version(), status=200)

    assert answer.json["states"]["paid_status"] == "waiting"
    assert invoice.payments == []


def test_a_payment_must_be_said_in_full(db, customer, program):
    invoice = make_invoice(db, customer, status="valid")
    sent = {"version": invoice.version}

    answer = program("accountant").post(f"{url(invoice)}payment", sent, status=422)

    assert answer.json["errors"].keys() == {"date", "amount", "mode_id"}
    assert invoice.payments == []


def test_the_bin_the_copy_and_the_way_back_by_json(db, customer, program):
    invoice = make_invoice(db, customer, name="Roof")
    member = program("member")

    copy = member.post(f"{url(invoice)}duplicate", {}, status=200).json
    gone = member.post(f"{url(invoice)}delete", {"version": 1}, status=200).json
    assert invoice.deleted_at
    member.post(f"{url(invoice)}restore", {"version": gone["version"]}, status=200)

    assert copy["id"] != invoice.id
    assert db.get(Invoice, copy["id"]).name == "Roof"
    assert invoice.deleted_at is None


def test_many_rows_by_json_each_with_its_result(db, customer, program):
    good, bad = make_invoice(db, customer), make_invoice(db, customer, lines=[])
    secret = make_invoice(db)
    rows = [f"{one.id}-{one.version}" for one in (good, bad, secret)]
    sent = {"action": "submit", "rows": [*rows, "x", "999999-1"]}

    answer = program("member").post("/invoices/bulk", sent, status=200)

    found = {
        one["id"]: (one["states"], one["reasons"]) for one in answer.json["results"]
    }
    assert found == {
        good.id: ({"validation_status": "wait"}, []),
        bad.id: ({"validation_status": "draft"}, ["Add at least one line."]),
    }
    assert answer.json["left_out"] == [
        {
            "count": 3,
            "reason": "3 rows were not found, so nothing was done to them.",
        }
    ]
    assert secret.validation_status == "draft"


@pytest.mark.parametrize("rows", [None, "1-1", 5, [1], [["1-1"]], {"a": 1}], ids=repr)
def test_bulk_takes_a_list_of_texts(db, customer, program, rows):
    sent = {"action": "submit", "rows": rows}

    program("member").post("/invoices/bulk", sent, status=400)


def test_many_can_be_sent_back_with_one_reason(db, customer, program):
    made = [make_invoice(db, customer, status="wait") for _ in range(2)]
    rows = [f"{one.id}-{one.version}" for one in made]
    sent = {"action": "invalidate", "rows": rows, "reason": "Not this month"}

    program("manager").post("/invoices/bulk", sent, status=200)

    assert {one.validation_status_comment for one in made} == {"Not this month"}


def test_errors_speak_the_language_of_the_user(db, customer, program, people):
    people["member"].language = "fr"
    invoice = make_invoice(db, customer, lines=[])

    answer = program("member").post(
        f"{url(invoice)}do", {"action": "submit", "version": 1}, status=422
    )

    assert answer.json["reasons"] == ["Ajoutez au moins une ligne."]
