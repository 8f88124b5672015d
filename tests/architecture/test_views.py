"""Promise A1: every view says who may and how it is asked, or is public by name."""

from __future__ import annotations

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.static import static_view

from endi_like import main
from endi_like.permissions import Permission

PUBLIC = ("health", "login", "logout", "new-password", "forgotten-password")
LOOKING = {
    Permission.LIST,
    Permission.VIEW,
    Permission.EXPORT,
    Permission.SEE_HISTORY,
}
ASKS_FOR_MORE_ITSELF = {"do", "bulk", "bundle"}
"""Views that run an action: the action names the permission, which they check; and the
one that asks for what may be looked at to be printed, which changes nothing."""


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    app = main(
        {},
        **{
            "endi.database_url": f"sqlite:///{folder}/none.sqlite",
            "endi.secret": "s" * 40,
            "endi.data_folder": str(folder),
        },
    )
    return list(described(app.registry.introspector))


def described(introspector):
    """Yield name, context, methods, permission and CSRF of every view that is ours."""
    for entry in introspector.get_category("views"):
        view = entry["introspectable"]
        if is_error_view(view["context"]) or isinstance(view["callable"], static_view):
            continue
        related = entry["related"]
        permissions = [
            one["value"] for one in related if one.category_name == "permissions"
        ]
        methods = view["request_methods"] or ()
        yield {
            "name": view["name"],
            "context": view["context"],
            "methods": {methods} if isinstance(methods, str) else set(methods),
            "permission": permissions[0] if permissions else None,
            "csrf": view["require_csrf"],
            "asks": getattr(view["callable"], "asked_first", None) is not None,
        }


def is_error_view(context):
    return context is not None and (
        not isinstance(context, type) or issubclass(context, Exception)
    )


def test_there_are_views_to_look_at(views):
    assert len(views) > 30


def is_public(view):
    return any(view["name"].startswith(name) for name in PUBLIC)


def test_A1_every_view_names_its_method(views):
    lacking = [view for view in views if not view["methods"] and not is_public(view)]
    assert lacking == []


def test_no_view_answers_more_than_it_says(views):
    assert [v for v in views if not v["methods"] <= {"GET", "HEAD", "POST"}] == []


def test_A1_public_views_are_those_named_here(views):
    open_to_all = [v for v in views if v["permission"] == NO_PERMISSION_REQUIRED]
    assert [view["name"] for view in open_to_all if not is_public(view)] == []


def test_A1_every_other_view_names_a_permission(views):
    lacking = [v for v in views if v["permission"] is None and not is_public(v)]
    assert lacking == []


def test_A1_no_view_that_changes_something_asks_for_a_right_to_look(views):
    wrong = [
        view["name"]
        for view in views
        if "POST" in view["methods"]
        and view["permission"] in LOOKING
        and not (view["asks"] or view["name"] in ASKS_FOR_MORE_ITSELF)
    ]
    assert wrong == []


def test_A1_no_view_switches_the_csrf_check_off(views):
    assert [view["name"] for view in views if view["csrf"] is False] == []
