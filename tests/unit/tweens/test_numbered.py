"""Each request has a number, which is the proxy's only if that is to be trusted."""

from __future__ import annotations

import logging
import re

import pytest
from pyramid.config import Configurator
from pyramid.response import Response
from pyramid_retry import RetryableException
from webob import Request

from endi_like.logs import bound
from endi_like.settings import Settings

OURS = re.compile(r"[0-9a-f]{10}")
GIVEN = "5f0c1b9ae2-of-the-proxy"


def application(tmp_path, *, trusting, view):
    config = Configurator(settings={"retry.attempts": 3})
    config.registry["settings.typed"] = Settings(
        "sqlite://", "s" * 40, tmp_path, trust_request_id=trusting
    )
    config.include("pyramid_retry")
    config.add_tween("endi_like.tweens.numbered.numbered_tween")
    config.add_route("page", "/{name:.*}")
    config.add_view(view, route_name="page")
    return config.make_wsgi_app()


def page(_request):
    return Response(json_body=bound())


@pytest.fixture(autouse=True)
def told(caplog):
    caplog.set_level(logging.INFO, "endi_like.requests")


@pytest.mark.parametrize("sent", [GIVEN, "", "short", "x" * 65, "a b c d e f", "é" * 9])
@pytest.mark.parametrize("trusting", [True, False])
def test_only_a_well_formed_number_of_a_trusted_proxy_is_taken(
    tmp_path, trusting, sent
):
    app = application(tmp_path, trusting=trusting, view=page)
    request = Request.blank("/", headers={"X-Request-ID": sent})
    answer = request.get_response(app)
    number = answer.headers["X-Request-ID"]
    assert answer.json == {"request_id": number}
    if trusting and sent == GIVEN:
        assert number == GIVEN
    else:
        assert OURS.fullmatch(number)


def test_nothing_belongs_to_a_request_that_is_over(tmp_path):
    app = application(tmp_path, trusting=False, view=page)
    Request.blank("/").get_response(app)
    assert bound() == {}


def test_what_is_tried_again_keeps_its_number_and_is_noted_once(tmp_path, caplog):
    numbers = []

    def lose_twice(_request):
        numbers.append(bound()["request_id"])
        if len(numbers) < 3:
            raise RetryableException
        return Response("won")

    app = application(tmp_path, trusting=False, view=lose_twice)
    answer = Request.blank("/").get_response(app)
    assert numbers == [answer.headers["X-Request-ID"]] * 3
    assert [record.status for record in caplog.records] == [200]


def test_of_an_address_only_the_path_is_noted(tmp_path, caplog):
    app = application(tmp_path, trusting=False, view=page)
    Request.blank("/caf%C3%A9?token=secret").get_response(app)
    Request.blank(f"/{'x' * 2000}", method="POST").get_response(app)
    Request.blank("/static/css/endi.css").get_response(app)
    first, second = caplog.records
    assert (first.method, first.path, first.status) == ("GET", "/café", 200)
    assert (second.method, len(second.path)) == ("POST", 500)
    assert "secret" not in str(vars(first))
    assert first.ms >= 0
