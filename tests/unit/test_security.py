"""Who may what, and what a browser or a program carries to prove who it is."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from pyramid.authorization import DENY_ALL, Allow, Authenticated
from pyramid.exceptions import BadCSRFOrigin
from pyramid.request import Request
from pyramid.response import Response

from endi_like.permissions import Permission
from endi_like.principals import Identity, Membership, member, role
from endi_like.security.access import bearer_token, find_access, language
from endi_like.security.addresses import local_path, login_url
from endi_like.security.cookies import Cookie, CSRFPolicy
from endi_like.security.flashes import packed, unpacked
from endi_like.security.policy import SecurityPolicy
from endi_like.services.sessions import Access, new_token

SECRET = "known to this test only"
SELF_VALIDATE = frozenset({"self_validate"})


class Document:
    """A context of company 1 that is worth so much."""

    __parent__ = None
    __acl__ = (
        (Allow, role("manager"), (Permission.VIEW, Permission.VALIDATE)),
        (Allow, member(1), (Permission.VIEW, Permission.EDIT)),
        (Allow, member(1, "self_validate"), Permission.VALIDATE),
        (Allow, Authenticated, Permission.LOGGED_IN),
        DENY_ALL,
    )

    def __init__(self, amount=None):
        self.limited_by = amount
        self.node = SimpleNamespace(company_id=1)


def asked_by(identity, **access):
    found = identity and Access(identity, None, **access)
    return SimpleNamespace(access=found, locale_name="en", method="GET")


def permits(identity, permission, amount=None, **access):
    policy = SecurityPolicy(Cookie(https=False))
    return policy.permits(asked_by(identity, **access), Document(amount), permission)


def holder(company_id=1, ceiling=None):
    limit = None if ceiling is None else Decimal(ceiling)
    return Identity(7, memberships={company_id: Membership(SELF_VALIDATE, limit)})


def test_nobody_in_particular_may_nothing():
    assert not permits(None, Permission.VIEW)
    assert not permits(None, Permission.LOGGED_IN)


def test_a_right_of_one_company_is_none_in_another():
    assert permits(holder(1), Permission.VALIDATE)
    assert not permits(holder(2), Permission.VALIDATE)
    assert not permits(holder(2), Permission.VIEW)


@pytest.mark.parametrize(
    ("ceiling", "amount", "may"),
    [
        ("1000", "999.99", True),
        ("1000", "1000", True),
        ("1000", "1000.00001", False),
        ("1000", "-1000.01", False),
        ("0", "0.01", False),
        (None, "1e9", True),
        ("1000", None, True),
    ],
)
def test_a_right_with_a_ceiling_counts_up_to_it(ceiling, amount, may):
    worth = None if amount is None else Decimal(amount)

    assert bool(permits(holder(1, ceiling), Permission.VALIDATE, worth)) is may


def test_a_refusal_for_the_ceiling_alone_says_so():
    refusal = permits(holder(1, "1000"), Permission.VALIDATE, Decimal(2000))

    assert not refusal
    assert "1,000.00" in refusal.reason.interpolate()


def test_a_refusal_for_another_reason_does_not_speak_of_ceilings():
    refusal = permits(holder(2, "1000"), Permission.VALIDATE, Decimal(2000))

    assert not refusal
    assert not hasattr(refusal, "reason")


def test_a_ceiling_does_not_limit_what_a_role_may():
    boss = Identity(8, frozenset({"manager"}), holder(1, "10").memberships)

    assert permits(boss, Permission.VALIDATE, Decimal(2000))


def test_a_token_that_may_only_look_may_only_look():
    held = [
        permission
        for permission in Permission
        if permits(holder(), permission, read_only=True)
    ]

    assert held == [Permission.VIEW, Permission.LOGGED_IN]


def test_nobody_holds_what_is_granted_to_nobody():
    everything = Identity(1, frozenset({"admin", "manager", "accountant", "auditor"}))

    assert not permits(everything, Permission.NEVER)
    assert not permits(everything, Permission.AUTOMATIC)


def request(path="/", **environ):
    made = Request.blank(path, **environ)
    made.registry = {
        "settings.typed": SimpleNamespace(secret=SECRET, behind_https=False),
        "cookie": Cookie(https=False),
    }
    return made


@pytest.fixture
def csrf():
    return CSRFPolicy(SECRET, Cookie(https=False))


def with_cookie(token, **environ):
    return request(headers={"Cookie": f"endi={token}"}, **environ)


def test_the_csrf_token_belongs_to_the_cookie_and_does_not_tell_it(csrf):
    mine, yours = new_token(), new_token()

    token = csrf.get_csrf_token(with_cookie(mine))

    assert csrf.check_csrf_token(with_cookie(mine), token)
    assert not csrf.check_csrf_token(with_cookie(yours), token)
    assert mine not in token


@pytest.mark.parametrize("supplied", ["", "x", "é", "0" * 64, None, b"x", object()])
def test_a_wrong_csrf_token_is_refused_whatever_it_is(csrf, supplied):
    assert not csrf.check_csrf_token(with_cookie(new_token()), supplied)


def test_a_csrf_token_without_a_cookie_is_refused(csrf):
    assert not csrf.check_csrf_token(request(), csrf.get_csrf_token(request()))


def test_another_secret_makes_other_csrf_tokens(csrf):
    token = new_token()
    other = CSRFPolicy("another secret", Cookie(https=False))

    assert csrf.get_csrf_token(with_cookie(token)) != other.get_csrf_token(
        with_cookie(token)
    )


@pytest.mark.parametrize(
    ("origin", "host", "ok"),
    [
        ("http://localhost", "localhost:80", True),
        ("https://localhost", "localhost", True),
        ("http://localhost:8080", "localhost:8080", True),
        ("http://localhost:8080", "localhost", False),
        ("http://localhost.evil.example", "localhost", False),
        ("http://evil.example", "localhost", False),
        ("null", "localhost", False),
        ("", "localhost", False),
    ],
)
def test_a_form_of_another_site_is_refused_also_on_http(csrf, origin, host, ok):
    token = new_token()
    sent = with_cookie(token)
    sent.headers["Origin"], sent.host = origin, host
    supplied = csrf.get_csrf_token(sent)

    if ok:
        assert csrf.check_csrf_token(sent, supplied)
    else:
        with pytest.raises(BadCSRFOrigin):
            csrf.check_csrf_token(sent, supplied)


@pytest.mark.parametrize(
    "sent", ["", "x", "a" * 42, "a" * 44, "." * 43, "a" * 42 + "="]
)
def test_a_cookie_that_is_no_token_is_replaced(csrf, sent):
    visitor = request()
    visitor.cookies["endi"] = sent

    csrf.get_csrf_token(visitor)
    response = Response()
    visitor._process_response_callbacks(response)

    assert "endi=" in response.headers["Set-Cookie"]


def test_on_https_the_cookie_belongs_to_this_host_only():
    cookie = Cookie(https=True)
    visitor = request()
    cookie.renew(visitor)
    response = Response()
    visitor._process_response_callbacks(response)

    sent = response.headers["Set-Cookie"]
    assert sent.startswith("__Host-endi=")
    assert {"secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(sent.split("; "))
    assert "Domain" not in sent


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", ""),
        ("Bearer", ""),
        ("", ""),
    ],
)
def test_only_a_bearer_token_counts_and_any_such_header_rules_cookies_out(
    header, token
):
    sent = request()
    if header is not None:
        sent.headers["Authorization"] = header

    assert bearer_token(sent) == token


def test_a_visitor_without_a_token_costs_no_query():
    assert find_access(request()) is None  # there is no database to ask


@pytest.mark.parametrize(
    ("environ", "cookie", "spoken"),
    [
        ({}, None, "en"),
        ({"HTTP_ACCEPT_LANGUAGE": "fr-FR,fr;q=0.9,en;q=0.5"}, None, "fr"),
        ({"HTTP_ACCEPT_LANGUAGE": "es,de;q=0.3"}, None, "de"),
        ({"HTTP_ACCEPT_LANGUAGE": "es"}, None, "en"),
        ({"HTTP_ACCEPT_LANGUAGE": ";;;"}, None, "en"),
        ({"HTTP_ACCEPT_LANGUAGE": "fr"}, "de", "de"),
        ({"HTTP_ACCEPT_LANGUAGE": "fr"}, "xx", "fr"),
    ],
)
def test_a_stranger_is_spoken_to_in_the_language_of_the_browser(
    environ, cookie, spoken
):
    sent = request(environ=environ)
    if cookie:
        sent.cookies["endi-language"] = cookie

    assert language(sent) == spoken


def test_a_user_is_spoken_to_in_their_own_language():
    sent = request(environ={"HTTP_ACCEPT_LANGUAGE": "fr"})
    sent.access = Access(Identity(1, language="de"), None)

    assert language(sent) == "de"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/invoices/12",
        "/invoices/?q=%C3%A9&page=2",
        "/a//b",
        "/a%2f%2fb",
        "/~x/(y)",
    ],
)
def test_I9_a_path_of_ours_is_gone_back_to(path):
    assert local_path(request(), path) == path


def test_I9_below_a_path_home_is_that_path():
    sent = request(base_url="http://localhost/office")

    assert local_path(sent, "//evil.example") == "/office/"
    assert local_path(sent, "/office/login") == "/office/"
    assert local_path(sent, "/office/invoices/") == "/office/invoices/"


@pytest.mark.parametrize("target", [None, 12, b"/x", ["/x"]])
def test_I9_what_is_no_text_leads_home(target):
    assert local_path(request(), target) == "/"


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/invoices/3/edit?x=1#y", "%2Finvoices%2F3%2Fedit%3Fx%3D1"),
        ("http://evil.example/invoices/", "%2Finvoices%2F3%2Fdo"),
        (None, "%2Finvoices%2F3%2Fdo"),
    ],
)
def test_what_was_posted_is_gone_back_to_where_it_was_typed(referrer, back):
    sent = request("/invoices/3/do", base_url="http://localhost", method="POST")
    sent.host = "localhost"
    sent.referrer = referrer

    assert login_url(sent) == f"/login?next={back}"


def test_messages_survive_in_a_signed_cookie():
    messages = [("good", "Enregistré : 12 €"), ("bad", "<b>&")]

    assert unpacked(packed(messages, SECRET), SECRET) == messages


def test_messages_of_somebody_else_are_not_shown():
    forged = packed([("good", "Send money to …")], "another secret")

    assert unpacked(forged, SECRET) == []


@pytest.mark.parametrize("value", ["", ".", "x", "x.y", "é.é", "a.b.c"])
def test_a_cookie_of_messages_that_is_none_says_nothing(value):
    assert unpacked(value, SECRET) == []


def test_too_many_messages_keep_the_newest():
    messages = [("good", f"{n} " + "é" * 100) for n in range(50)]

    value = packed(messages, SECRET)

    assert len(value) < 3200
    kept = unpacked(value, SECRET)
    assert kept == messages[-len(kept) :]
    assert 1 <= len(kept) < 50
