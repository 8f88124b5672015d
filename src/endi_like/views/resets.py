"""Where a link leads by which somebody sets a password."""

from __future__ import annotations

import secrets
from typing import Any

import colander
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from endi_like.forms.core import Form, Press, ValidationFailure, make_form
from endi_like.forms.people import ChosenPasswordSchema, ForgottenSchema
from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.permissions import Permission
from endi_like.resources.core import Root
from endi_like.resources.people import UserResource
from endi_like.security import now
from endi_like.security.entry import Throttled, count_attempt
from endi_like.services.jobs import enqueue
from endi_like.services.mail import people
from endi_like.services.mail.people import FORGOTTEN
from endi_like.services.resets import PAGE, reset_link, user_of
from endi_like.services.users import WINDOW, PasswordRefused, set_password
from endi_like.views.actions import finished
from endi_like.workflow.errors import Refused

ASK = Press("ask", _("Send me a link"))

# Always the same sentence: it tells nobody which logins there are.
ASKED = _(
    "If there is an account with this login and an e-mail address, a link to choose a "
    "password is on its way to it. It works for half an hour."
)
TOO_OFTEN = _("That was asked too often. Please wait a quarter of an hour.")


@view_defaults(
    context=Root,
    name=PAGE,
    permission=NO_PERMISSION_REQUIRED,
    renderer="endi_like:templates/account/new_password.jinja2",
)
class NewPassword:
    """The page that a link to set a password opens."""

    def __init__(self, context: Root, request: Any) -> None:
        self.context = context
        self.request = request
        self.now = now(request)

    def user(self) -> User | None:
        """Return whose link it is; nobody's when it was used or is too old."""
        secret = self.request.registry["settings.typed"].secret
        token = self.request.GET.get("token", "")
        return user_of(self.request.db, secret, token, now=self.now)

    def form(self) -> Form:
        """Return the empty form."""
        locale = self.request.locale_name
        return make_form(
            ChosenPasswordSchema().bind(locale=locale),
            locale=locale,
            buttons=(Press("save", _("Use this password")),),
            hidden={"csrf_token": get_csrf_token(self.request)},
            prefix=self.request.script_name,
        )

    def page(self, user: User | None, form: Form | None, status: int = 200) -> Any:
        """Return what the template shows."""
        self.request.response.status_int = status
        return {"user": user, "form": form}

    @view_config(request_method="GET")
    def show(self) -> Any:
        """Ask for the new password."""
        user = self.user()
        return self.page(user, self.form()) if user else self.page(None, None, 410)

    @view_config(request_method="POST")
    def submit(self) -> Any:
        """Set it and go to the log-in page."""
        user, form = self.user(), self.form()
        if user is None:
            return self.page(None, None, 410)
        try:
            data = form.validate(self.request.POST.items())
            set_password(self.request.db, user, data["new"], now=self.now)
        except ValidationFailure:
            return self.page(user, form, 422)
        except PasswordRefused as refusal:
            error = colander.Invalid(form.schema)
            error["new"] = refusal.args[0]
            form.blame(error)
            return self.page(user, form, 422)
        self.request.db.flush()
        self.request.flash(_("Your new password is set. Please log in with it."))
        return HTTPSeeOther(f"{self.request.script_name}/login")


@view_config(
    context=UserResource,
    name="password-link",
    request_method="POST",
    permission=Permission.EDIT,
    renderer="endi_like:templates/people/password_link.jinja2",
)
def password_link(context: UserResource, request: Any) -> dict[str, Any]:
    """Show an administrator the link by which a user chooses a password, once."""
    user, secret = context.node, request.registry["settings.typed"].secret
    site = request.application_url
    return {
        "user": user,
        "base": request.resource_path(context),
        "link": reset_link(site, secret, user, now=now(request)),
    }


@view_config(
    context=UserResource,
    name="password-mail",
    request_method="POST",
    permission=Permission.EDIT,
)
def password_mail(context: UserResource, request: Any) -> Any:
    """Send a user the link by which they choose a password."""
    user, settings = context.node, request.registry["settings.typed"]
    if not settings.sends_mail:
        raise Refused(_("No mail server is set up: make a link instead."))
    if not people.can_be_written_to(user):
        raise Refused(_("This user has no e-mail address, or may not log in."))
    key = f"password:{secrets.token_hex(16)}"
    people.post_link(request.db, user, settings, dedupe_key=key, at=now(request))
    said = _("The link is on its way to ${address}.", mapping={"address": user.email})
    return finished(request, context, said)


@view_defaults(
    context=Root,
    name="forgotten-password",
    permission=NO_PERMISSION_REQUIRED,
    renderer="endi_like:templates/account/forgotten_password.jinja2",
)
class ForgottenPassword:
    """The page on which somebody asks for a link to choose a password."""

    def __init__(self, context: Root, request: Any) -> None:
        self.context = context
        self.request = request

    def form(self) -> Form:
        """Return the empty form."""
        locale = self.request.locale_name
        return make_form(
            ForgottenSchema().bind(locale=locale),
            locale=locale,
            buttons=(ASK,),
            hidden={"csrf_token": get_csrf_token(self.request)},
            prefix=self.request.script_name,
        )

    def page(self, form: Form, status: int = 200, error: Any = "") -> Any:
        """Return what the template shows."""
        self.request.response.status_int = status
        settings = self.request.registry["settings.typed"]
        return {"form": form, "error": error, "sends_mail": settings.sends_mail}

    @view_config(request_method="GET")
    def show(self) -> Any:
        """Ask who it is."""
        return self.page(self.form())

    @view_config(request_method="POST")
    def submit(self) -> Any:
        """Ask for the mail, whoever it is: the worker finds out, later and unseen.

        The request's own transaction must not have begun: see ``security.entry``.
        """
        form = self.form()
        try:
            login = form.validate(self.request.POST.items())["login"]
            count_attempt(self.request, f"{FORGOTTEN}:{login}")
        except ValidationFailure:
            return self.page(form, 422)
        except Throttled:
            self.request.response.headers["Retry-After"] = str(WINDOW.seconds)
            return self.page(form, 429, TOO_OFTEN)
        enqueue(
            self.request.db,
            FORGOTTEN,
            {"login": login},
            dedupe_key=f"{FORGOTTEN}:{secrets.token_hex(16)}",
            at=now(self.request),
        )
        self.request.flash(ASKED)
        return HTTPSeeOther(f"{self.request.script_name}/login")
