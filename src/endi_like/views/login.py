"""Log-in and log-out."""

from __future__ import annotations

from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import NO_PERMISSION_REQUIRED, forget
from pyramid.view import view_config

from endi_like.forms.core import Form, Press, ValidationFailure, make_form
from endi_like.forms.people import LoginSchema
from endi_like.i18n import _
from endi_like.resources.core import Root
from endi_like.security.addresses import local_path
from endi_like.security.entry import Throttled, enter, keep_language
from endi_like.services.users import WINDOW

TEMPLATE = "endi_like:templates/login.jinja2"
LOG_IN = Press("log_in", _("Log in"))

# Always the same sentence: it tells nobody which of the reasons it was.
REFUSED = _(
    "Login and password do not go together, or there were too many attempts. "
    "After five wrong ones, please wait a quarter of an hour."
)


def login_form(request: Any) -> Form:
    """Return the empty form."""
    locale = request.locale_name
    return make_form(
        LoginSchema().bind(locale=locale),
        locale=locale,
        buttons=(LOG_IN,),
        hidden={"csrf_token": get_csrf_token(request)},
        prefix=request.script_name,
    )


def page(request: Any, form: Form, *, status: int = 200, error: Any = "") -> Any:
    """Return what the template shows."""
    request.response.status_int = status
    return {"form": form, "error": error}


@view_config(
    context=Root,
    name="login",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer=TEMPLATE,
)
def show(_context: Root, request: Any) -> Any:
    """Ask who it is; whoever is logged in goes on at once."""
    if request.identity:
        return HTTPSeeOther(local_path(request, request.GET.get("next")))
    return page(request, login_form(request))


@view_config(
    context=Root,
    name="login",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    renderer=TEMPLATE,
)
def log_in(_context: Root, request: Any) -> Any:
    """Log in and go where one was going.

    The request's own transaction must not have begun: see ``security.entry``.
    """
    form = login_form(request)
    try:
        data = form.validate(request.POST.items())
        identity = enter(request, data["login"], data["password"])
    except ValidationFailure:
        return page(request, form, status=422)
    except Throttled:
        request.response.headers["Retry-After"] = str(WINDOW.seconds)
        return page(request, form, status=429, error=REFUSED)
    if identity is None:
        return page(request, form, status=422, error=REFUSED)
    keep_language(request, identity.language)
    return HTTPSeeOther(local_path(request, request.GET.get("next")))


@view_config(
    context=Root,
    name="logout",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
)
def log_out(_context: Root, request: Any) -> HTTPSeeOther:
    """End the session and ask who it is."""
    forget(request)
    request.flash(_("You are logged out."))
    return HTTPSeeOther(f"{request.script_name}/login")
