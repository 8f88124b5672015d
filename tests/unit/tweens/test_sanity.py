"""What cannot be meant is refused with a sentence, before any view."""

import json
import tempfile

import pytest
from pyramid.config import Configurator
from pyramid.response import Response
from webob import Request

from endi_like.settings import Settings
from endi_like.tweens import bodies, json_bodies, sizes

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"


def echo(request):
    """Answer with everything a view could read."""
    seen = {
        "path": request.path_info,
        "get": list(request.GET.items()),
        "cookies": dict(request.cookies.items()),
        "post": [[name, str(value)] for name, value in request.POST.items()],
        "length": len(request.body),
    }
    return Response(json_body=seen)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with Configurator() as config:
        config.registry["settings.typed"] = Settings("sqlite://", "secret", folder)
        config.include("endi_like.tweens")
        config.add_route("all", "/*path")
        config.add_view(echo, route_name="all")
        return config.make_wsgi_app()


@pytest.fixture
def send(app):
    """Return a function that sends a request, and expects an answer with a body."""

    def send(path="/", *, method="GET", body=b"", kind=None, **environ):
        request = Request.blank("/", method=method, environ=environ)
        request.environ["PATH_INFO"], _mark, query = path.partition("?")
        request.environ["QUERY_STRING"] = query
        if method == "POST":
            request.body = body
            request.environ.pop("CONTENT_TYPE", None)
            if kind is not None:
                request.environ["CONTENT_TYPE"] = kind
        return request.get_response(app)

    return send


def refused(response, status):
    """Tell whether it was refused with a sentence and without a traceback."""
    assert response.status_int == status, response.text
    assert "Traceback" not in response.text
    assert "Content-Security-Policy" in response.headers
    return "<p>" in response.text or response.json["reasons"]


def part(name, value, extra=""):
    head = f'Content-Disposition: form-data; name="{name}"{extra}'
    return f"--B\r\n{head}\r\n\r\n{value}\r\n".encode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_plain_request_passes(send, method):
    assert send("/invoices/?q=d%C3%A9bit+oak", method=method).status_int == 200


def test_a_form_passes_unchanged(send):
    body = b"name=d%C3%A9bit+%26+cr%C3%A9dit&note=a%0D%0Ab&empty="

    response = send(method="POST", body=body, kind=FORM)

    assert response.json["post"] == [
        ["name", "débit & crédit"],
        ["note", "a\r\nb"],
        ["empty", ""],
    ]


def test_a_form_with_a_file_passes(send):
    file = part("file", "%PDF", '; filename="é.pdf"\r\nContent-Type: application/pdf')
    body = part("name", "débit") + file + b"--B--\r\n"

    response = send(method="POST", body=body, kind=MULTIPART)

    assert response.json["post"][0] == ["name", "débit"]
    assert "é.pdf" in response.json["post"][1][1]


def test_a_post_without_a_body_passes(send):
    assert send(method="POST").status_int == 200


def test_repeated_names_inside_structures_and_ticked_rows_pass(send):
    line = "__start__=line:mapping&version=1&cost=1&__end__=line:mapping"
    rows = "row=1-1&row=2-1"
    body = f"{rows}&__start__=lines:sequence&{line}&{line}&__end__=lines:sequence"

    response = send(method="POST", body=body.encode(), kind=FORM)

    assert response.status_int == 200


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "BREW"]
)
def test_other_methods_are_refused(send, method):
    response = send(method=method)

    assert refused(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "path",
    [
        "/\xff",
        "/\xc3",
        "/a\x00b",
        "/a\r\nb",
        "/?q=%FF",
        "/?q=%C3",
        "/?%ff=1",
        "/?q=%00",
        "/?q=%ED%A0%80",
        "/?q=1&q=2",
        "/?page=1&sort=a&page=1",
    ],
)
def test_addresses_that_are_no_text_are_refused(send, path):
    assert refused(send(path), 400)


def test_an_endless_address_is_refused(send):
    assert refused(send("/?q=" + "x" * 20_000), 413)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": 'a="\\377"'},
        {"HTTP_ORIGIN": "http://[::1"},
        {"HTTP_REFERER": "http://[::1"},
        {"HTTP_HOST": "a b"},
        {"HTTP_HOST": "evil.example/path"},
        {"HTTP_HOST": ""},
    ],
)
def test_headers_that_cannot_be_read_are_refused(send, environ):
    assert refused(send(**environ), 400)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_ACCEPT": "\xff;;q=x"},
        {"HTTP_ACCEPT_LANGUAGE": "\x00,,;q=9"},
        {"HTTP_COOKIE": "a=\xff; ;;b"},
        {"HTTP_HOST": "[::1]:8080"},
        {"HTTP_AUTHORIZATION": "Bearer \xff"},
    ],
)
def test_odd_headers_that_hurt_nobody_pass(send, environ):
    assert send(**environ).status_int == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 415),
        ("application/xml", 415),
        ("nonsense", 415),
        (f"{FORM}; charset=utf-16", 400),
        (f"{FORM}; charset=nonsense", 400),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=C", 400),
        (f"multipart/form-data; boundary={'x' * 300}", 400),
    ],
)
def test_bodies_of_an_unknown_kind_are_refused(send, kind, status):
    body = part("name", "x") + b"--B--\r\n"

    assert refused(send(method="POST", body=body, kind=kind), status)


@pytest.mark.parametrize(
    "body",
    [
        b"name=%FF",
        b"name=\xff",
        b"name=%00",
        b"na%00me=x",
        b"name=%ED%A0%80",
        b"csrf_token=a&csrf_token=a",
        b"version=1&name=x&version=2",
        b"action=submit&action=validate",
        b"reason=a&name=x&reason=b",
        b"__end__=x:mapping",
        b"__start__=x:mapping",
        b"__start__=x:nonsense&__end__=x:nonsense",
        b"__start__=x:rename&a=1&__end__=x:rename",
        b"__start__=x:mapping&" * 21 + b"__end__=x:mapping&" * 21,
    ],
)
def test_forms_without_sense_are_refused(send, body):
    assert refused(send(method="POST", body=body, kind=FORM), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        part("name", "x"),
        part("name", "x") + b"--B",
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--B--\r\n',
        b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n",
        b"--B\r\n\r\nx\r\n--B--\r\n",
        part("a", "x", "\r\nContent-Type: text/plain; charset=nonsense") + b"--B--\r\n",
        part("a", "x", "\r\nContent-Transfer-Encoding: base64") + b"--B--\r\n",
        part("a", "x", '; filename=""\r\nContent-Type: image/png') + b"--B--\r\n",
        part("a", "x", "\r\nContent-Type: multipart/mixed; boundary=C") + b"--B--\r\n",
        part("a", "x\x00") + b"--B--\r\n",
        part("csrf_token", "x") * 2 + b"--B--\r\n",
    ],
)
def test_broken_forms_with_files_are_refused(send, body):
    assert refused(send(method="POST", body=body, kind=MULTIPART), 400)


def test_F11_a_body_above_the_limit_is_refused_unread():
    request = Request.blank("/", method="POST", content_type=FORM)
    request.environ["CONTENT_LENGTH"] = str(31 * 1024 * 1024)
    with pytest.raises(bodies.Insane) as caught:
        bodies.check_body(request)
    assert caught.value.status == 413


@pytest.mark.parametrize("size", ["-1", "x", "1e3", "٣", "9" * 30])
def test_a_length_that_is_no_number_is_refused(size):
    request = Request.blank("/", method="POST", content_type=FORM)
    request.environ["CONTENT_LENGTH"] = size
    with pytest.raises(bodies.Insane) as caught:
        bodies.check_body(request)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=" + b"x" * (bodies.LARGEST_FIELD + 1), FORM),
        (b"&".join([b"name=" + b"x" * 1000] * 5000), FORM),
        (b"a&" * (bodies.MOST_FIELDS + 1), FORM),
        (part("a", "x" * (bodies.LARGEST_FIELD + 1)) + b"--B--\r\n", MULTIPART),
        (part("a", "") * (bodies.MOST_PARTS + 1) + b"--B--\r\n", MULTIPART),
        (b'"' + b"x" * sizes.LARGEST_PLAIN + b'"', "application/json"),
    ],
)
def test_F11_too_much_is_refused(send, body, kind):
    assert refused(send(method="POST", body=body, kind=kind), 413)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"\\u0000": 1}',
        b'{"a": 1, "a": 2}',
        b"[1]",
        b"null",
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_json_without_a_meaning_is_refused(send, body):
    response = send(method="POST", body=body, kind="application/json")

    assert response.status_int == 400
    assert response.json["reasons"]


def test_json_numbers_are_read_exactly():
    found = json_bodies.read_json(b'{"cost": 0.1, "quantity": 3, "large": 1e400}')

    assert str(found["cost"]) == "0.1"
    assert found["quantity"] == 3
    assert found["large"].adjusted() == 400


def test_a_program_is_refused_in_json(send):
    response = send("/?q=%FF", HTTP_ACCEPT="application/json")

    assert response.status_int == 400
    assert json.loads(response.body)["reasons"] == ["The text is not encoded in UTF-8."]


def test_a_browser_is_answered_a_page(send):
    response = send("/?q=%FF", HTTP_ACCEPT="text/html,application/json;q=0.9")

    assert response.content_type == "text/html"
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("end", [b"--B--", b""], ids=["whole", "cut off"])
def test_files_that_were_sent_are_closed_when_the_request_is_over(
    send, monkeypatch, end
):
    made, original = [], tempfile.TemporaryFile

    def noted(*args, **options):
        made.append(original(*args, **options))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    plan, sketch = (
        part("file", "x" * 2000, f'; filename="{name}"') for name in ("plan", "sketch")
    )

    send(method="POST", body=plan + sketch + end, kind=MULTIPART)

    assert [file.closed for file in made] == [True, True]
