"""The description for programs is complete, well-formed, and true."""

import re

import pytest

from endi_like.grids.sales import InvoiceGrid
from endi_like.workflow.sales import INVOICE
from tests.factories import (
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_member,
    make_memo,
    make_mode,
    make_user,
    make_vat,
)
from tests.functional.programs import Program

METHODS = {"get", "post"}
NEEDING_NOTHING = ("/notifications/read",)
PLACE = re.compile(r"{(\w+)}")
TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}
KEYWORDS = {
    *("type", "enum", "const", "properties", "required", "items", "allOf", "$ref"),
    *("additionalProperties", "maxItems", "uniqueItems", "minimum", "maximum"),
    *("maxLength", "pattern", "format", "title", "description", "default"),
    *("x-least", "x-most", "x-decimals"),
}


@pytest.fixture
def program(app, db):
    user = make_user(db, roles={"manager", "admin", "accountant"})
    return Program(app, db, user)


@pytest.fixture
def document(program):
    return program.get("/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield path, item, item[method]


def schemas(value):
    """Yield every JSON Schema of the document, nested ones included."""
    if isinstance(value, list):
        for one in value:
            yield from schemas(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "schema":
                yield from nested(one)
            elif key == "schemas":
                for named in one.values():
                    yield from nested(named)
            else:
                yield from schemas(one)


def nested(schema):
    yield schema
    children = [
        *schema.get("properties", {}).values(),
        *schema.get("allOf", ()),
        *([schema["items"]] if "items" in schema else ()),
    ]
    if isinstance(schema.get("additionalProperties"), dict):
        children.append(schema["additionalProperties"])
    for child in children:
        yield from nested(child)


def body_of(document, path):
    return document["paths"][path]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]


def test_it_is_openapi_of_this_version(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"].keys() >= {"title", "version"}
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "${" not in str(document)


def test_every_operation_is_complete(document):
    for path, item, operation in operations(document):
        assert item.keys() <= METHODS | {"parameters"}
        declared = [*item.get("parameters", ()), *operation.get("parameters", ())]
        in_path = [one["name"] for one in declared if one["in"] == "path"]
        assert in_path == PLACE.findall(path)
        names = [(one["in"], one["name"]) for one in declared]
        assert len(set(names)) == len(names)
        assert all(one["schema"] for one in declared)
        for status, answer in operation["responses"].items():
            assert re.fullmatch("[2-5][0-9][0-9]", status)
            assert answer["description"]
        assert {"401", "403", "404"} <= operation["responses"].keys()


def test_every_schema_is_one(document):
    found = list(schemas(document))

    assert len(found) > 300
    for schema in found:
        assert schema.keys() <= KEYWORDS, schema
        kinds = schema.get("type", [])
        assert set([kinds] if isinstance(kinds, str) else kinds) <= TYPES
        if "required" in schema and "properties" in schema:
            assert set(schema["required"]) <= schema["properties"].keys()
        if "pattern" in schema:
            re.compile(schema["pattern"])


def test_every_reference_leads_somewhere(document):
    for schema in schemas(document):
        if "$ref" in schema:
            assert schema["$ref"].startswith("#/components/schemas/")
            name = schema["$ref"].rpartition("/")[2]
            assert name in document["components"]["schemas"]


def test_every_collection_is_described(app, document):
    for name in app.registry["resources"]:
        assert f"/{name}/" in document["paths"]
        assert f"/{name}/{{id}}/" in document["paths"]


def test_everything_described_is_there(db, program, document):
    """Every address answers, with what was promised or a refusal in JSON."""
    company = make_company(db)
    invoice = make_invoice(db, make_customer(db, company), status="valid")
    memo = make_memo(db, invoice, make_user(db))
    for path, item, _operation in operations(document):
        places = {"payment_id": 1, "file_id": 1, "name": "a.txt", "memo_id": memo.id}
        url = path.format(id=invoice.id, **places)
        if "get" in item:
            answer = program.get(url, status="*")
            assert answer.status_int in (200, 404), path
        if "post" in item:
            answer = program.post(url, {}, status="*")
            assert answer.status_int in (200, 400, 403, 404, 409, 422), path
            done = ("/duplicate", "/memos/{memo_id}/pin", "/memos/{memo_id}/unpin")
            is_here = path.startswith("/invoices/") and path.endswith(done)
            is_done = is_here or path in NEEDING_NOTHING
            assert (answer.status_int == 200) == is_done
            assert answer.content_type == "application/json", path


def test_what_a_form_takes_is_what_is_described(document):
    body = body_of(document, "/invoices/add")
    line = body["properties"]["groups"]["items"]["properties"]["lines"]["items"]

    assert {"account_id", "date"} <= set(body["required"])
    assert not {"company_id", "name"} & set(body["required"])
    assert "version" not in body["properties"]
    assert body["properties"]["mode"]["enum"] == ["ht", "ttc", None]
    assert body["properties"]["date"]["format"] == "date"
    assert body["properties"]["name"]["maxLength"] == 255
    assert body["properties"]["display_units"]["type"] == ["boolean", "null"]
    assert body["properties"]["groups"]["maxItems"] == 50
    assert line["properties"]["cost"]["x-decimals"] == 5
    assert line["properties"]["cost"]["type"] == ["string", "number", "null"]


def test_a_change_needs_the_version_and_what_is_to_change(document):
    body = body_of(document, "/invoices/{id}/edit")

    assert body["required"] == ["version"]
    assert body["properties"].keys() >= {"version", "name", "groups"}


def test_a_payment_needs_all_that_says_what_it_is(document):
    body = body_of(document, "/invoices/{id}/payment")

    assert body["required"] == ["version", "date", "amount", "mode_id"]
    assert body["properties"]["amount"]["x-least"] == "0.01"


def test_actions_are_those_of_the_lifecycle(document):
    body = body_of(document, "/invoices/{id}/do")

    names = [action.name for _manager, action in INVOICE.choices()]
    assert body["properties"]["action"]["enum"] == names
    assert "settle" not in names
    assert (
        "invalidate, close, undo_close" in body["properties"]["reason"]["description"]
    )
    assert "/customers/{id}/do" not in document["paths"]


def test_parameters_of_a_list_are_its_filters(document):
    listing = document["paths"]["/invoices/"]["get"]
    found = {one["name"]: one["schema"] for one in listing["parameters"]}

    assert found["paid_status"]["enum"] == ["open", "waiting", "paid", "resulted"]
    assert found["from"] == {"type": "string", "format": "date"}
    assert found["customer"]["type"] == "integer"
    assert found["late"] == {"const": "1"}
    assert found["sort"]["default"] == InvoiceGrid.default_sort
    assert {"number", "-number", "date", "to_pay"} <= set(found["sort"]["enum"])
    assert {"after", "before"} <= found.keys()


def test_the_rows_of_a_list_are_as_described(db, program, document):
    make_invoice(db, status="valid")
    page = document["paths"]["/invoices/"]["get"]["responses"]["200"]
    schema = page["content"]["application/json"]["schema"]

    answer = program.get("/invoices/").json

    assert answer.keys() == schema["properties"].keys()
    row = schema["properties"]["rows"]["items"]["properties"]
    assert answer["rows"][0].keys() == row.keys()


def test_one_finds_what_one_may_list(db, app):
    member = Program(app, db, make_member(db, make_company(db)))

    paths = member.get("/openapi.json").json["paths"]

    assert "/invoices/{id}/do" in paths
    assert not [path for path in paths if path.startswith(("/users", "/vat-rates"))]


def test_nobody_is_told_without_a_token(visitor):
    visitor.get("/openapi.json?fmt=json", status=401)


def test_the_titles_speak_the_language_of_the_reader(db, app):
    french = Program(app, db, make_user(db, roles={"manager"}, language="fr"))

    document = french.get("/openapi.json").json

    assert body_of(document, "/invoices/add")["properties"]["account_id"]["title"] == (
        "Client"
    )
    assert "${" not in str(document)


def test_a_program_written_by_the_description_works(db, program, document):
    company = make_company(db)
    customer = make_customer(db, company)
    values = {
        "account_id": customer.id,
        "date": "2026-11-20",
        "name": "Roof",
        "groups": [
            {
                "lines": [
                    {"description": "Tiles", "cost": "9.5", "vat_id": make_vat(db).id}
                ]
            }
        ],
        "payment_conditions_id": make_conditions(db).id,
    }
    body = body_of(document, "/invoices/add")
    assert set(body["required"]) <= values.keys()
    assert values.keys() <= body["properties"].keys()

    made = program.post("/invoices/add", values, status=201).json
    path = made["url"]
    step = {"version": made["version"], "action": "validate"}
    moved = program.post(f"{path}do", step, status=200).json
    sent = {
        "version": moved["version"],
        "date": "2026-11-20",
        "amount": "11.40",
        "mode_id": make_mode(db).id,
    }
    paid = program.post(f"{path}payment", sent, status=200).json

    assert paid["states"]["paid_status"] == "resulted"
    saved = document["components"]["schemas"]["Saved"]["properties"].keys()
    assert made.keys() == moved.keys() == paid.keys() == saved


def test_memos_and_the_timeline_of_each_record_are_described(document):
    paths = document["paths"]
    for record in ("/invoices/{id}/", "/customers/{id}/"):
        assert f"{record}timeline/export.csv" in paths
        listing = paths[f"{record}timeline/"]["get"]
        shown = next(one for one in listing["parameters"] if one["name"] == "shown")
        assert "memos" in shown["schema"]["enum"]
        assert body_of(document, f"{record}memos/add")["required"] == ["text"]
        edit = body_of(document, f"{record}memos/{{memo_id}}/edit")
        fields = {"subject", "text", "private", "pinned"}
        assert edit["properties"].keys() == {"version", *fields}
        assert body_of(document, f"{record}memos/{{memo_id}}/restore")["required"] == []


def test_files_are_attached_and_fetched_by_the_description(db, program, document):
    invoice = make_invoice(db, make_customer(db, make_company(db)))
    path = "/invoices/{id}/files/"
    body = document["paths"][path]["post"]["requestBody"]["content"]
    (field,) = body["multipart/form-data"]["schema"]["required"]
    url = path.format(id=invoice.id)

    made = program.attach(url, (field, "letter.txt", b"Hello")).json["files"]
    listed = program.get(url).json["files"]

    (known,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
    described = known["schema"]["properties"]["files"]["items"]["properties"]
    assert listed == made
    assert listed[0].keys() == described.keys()
    assert program.get(listed[0]["url"]).body == b"Hello"


SEARCHED = (
    *("class", "name", "control_code", "email", "phone", "contact", "only_users"),
    *("notes", "account_number", "address", "city", "state", "postal_code"),
    *("country", "active_from", "active_to"),
)


@pytest.mark.parametrize("path", ["/contacts/", "/contacts/accounts"])
def test_the_search_is_described_with_all_its_fields(document, path):
    listing = document["paths"][path]["get"]
    found = {one["name"]: one for one in listing["parameters"]}

    assert found.keys() == {*SEARCHED, "sort", "page", "after", "before"}
    assert found["page"]["schema"]["type"] == "integer"
    assert found["only_users"]["schema"] == {"const": "1"}
    assert found["active_from"]["schema"]["format"] == "date"
    assert found["city"]["description"].startswith("City: ")
    assert "name" in found["sort"]["schema"]["enum"]


@pytest.mark.parametrize("path", ["/contacts/", "/contacts/accounts"])
def test_what_is_found_is_as_described(db, program, document, path):
    make_customer(db, make_company(db), name="Scierie", number="C1")
    page = document["paths"][path]["get"]["responses"]["200"]
    schema = page["content"]["application/json"]["schema"]["properties"]

    answer = program.get(f"{path}?account_number=c1&page=1").json

    assert answer.keys() == schema.keys()
    (row,) = answer["rows"]
    assert row.keys() == schema["rows"]["items"]["properties"].keys()


@pytest.mark.parametrize(
    "path",
    [
        *("/contacts/export.csv", "/contacts/export.xlsx", "/contacts/export.vcf"),
        *("/contacts/accounts.csv", "/contacts/accounts.xlsx"),
    ],
)
def test_the_files_of_the_search_are_of_the_kind_that_is_described(
    db, program, document, path
):
    make_customer(db, make_company(db), name="Scierie")
    described = document["paths"][path]["get"]
    found = {one["name"] for one in described["parameters"]}
    (kind,) = described["responses"]["200"]["content"]

    answer = program.get(f"{path}?name=scierie")

    assert found == {*SEARCHED, "sort"}
    assert answer.content_type == kind
    assert "Download" in described["summary"]
