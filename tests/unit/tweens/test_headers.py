"""Every answer carries the headers, whoever made it."""

import logging

import pytest
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from webob import Request

from endi_like.settings import Settings
from endi_like.tweens.headers import ALWAYS


class Surprise(Exception):
    """What nobody expected."""


def page(request):
    kind = request.matchdict["kind"]
    if kind == "surprise":
        raise Surprise("secret detail")
    if kind == "nothing":
        raise HTTPNotFound
    return Response("page", headers={"Expires": "tomorrow"} if kind == "old" else {})


def redirect(_request):
    raise HTTPSeeOther("/elsewhere")


def framed(_request):
    return Response("x", headers={"Content-Security-Policy": "sandbox"})


def build(folder, *, https):
    with Configurator() as config:
        config.registry["settings.typed"] = Settings(
            "sqlite://", "secret", folder, behind_https=https
        )
        config.include("endi_like.tweens")
        config.add_static_view("static", "endi_like:static")
        config.add_route("page", "/page/{kind}")
        config.add_view(page, route_name="page")
        config.add_route("redirect", "/redirect")
        config.add_view(redirect, route_name="redirect")
        config.add_route("framed", "/framed")
        config.add_view(framed, route_name="framed")
        return config.make_wsgi_app()


@pytest.fixture(scope="module", params=[False, True], ids=["http", "https"])
def https(request):
    return request.param


@pytest.fixture(scope="module")
def get(tmp_path_factory, https):
    app = build(tmp_path_factory.mktemp("data"), https=https)

    def get(path, **kw):
        response = Request.blank(path, **kw).get_response(app)
        assert response.body  # reading it closes the file
        return response

    return get


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/page/plain", 200),
        ("/page/old", 200),
        ("/page/nothing", 404),
        ("/page/surprise", 500),
        ("/nowhere", 404),
        ("/?q=%FF", 400),
        ("/static/css/endi.css", 200),
        ("/static/nothing.css", 404),
    ],
)
def test_A11_every_answer_carries_every_header(get, https, path, status):
    response = get(path)

    assert response.status_int == status
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert ("Strict-Transport-Security" in response.headers) == https
    assert len(response.headers.getall("Cache-Control")) == 1


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/page/plain", "no-store"),
        ("/page/old", "no-store"),
        ("/static/nothing.css", "no-store"),
        ("/static/css/endi.css", "public, max-age=3600"),
        ("/static/css/endi.css?v=0123", "public, max-age=31536000, immutable"),
    ],
)
def test_only_static_files_are_kept_by_browsers(get, path, kept):
    response = get(path)

    assert response.headers["Cache-Control"] == kept
    assert "Expires" not in response.headers


def test_the_policy_allows_no_inline_script_and_no_other_site(get):
    policy = get("/page/plain").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy


def test_a_view_may_choose_a_stricter_policy(get):
    assert get("/framed").headers["Content-Security-Policy"] == "sandbox"


def test_an_unexpected_error_shows_a_reference_that_is_in_the_log(get, caplog):
    with caplog.at_level(logging.ERROR):
        response = get("/page/surprise", accept="application/json")

    assert response.status_int == 500
    assert response.json["reference"] in caplog.text
    assert "Surprise" in caplog.text
    assert "secret detail" not in response.text


def test_behind_a_proxy_redirects_stay_on_https(get, https):
    location = get("/redirect").headers["Location"]

    assert location == f"{'https' if https else 'http'}://localhost/elsewhere"
