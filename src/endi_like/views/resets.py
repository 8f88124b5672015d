"""Where a link leads by which somebody sets a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import colander
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from endi_like.forms.core import Form, Press, ValidationFailure, make_form
from endi_like.forms.people import ChosenPasswordSchema
from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.permissions import Permission
from endi_like.resources.core import Root
from endi_like.resources.people import UserResource
from endi_like.security import now
from endi_like.services.resets import reset_token, user_of
from endi_like.services.users import PasswordRefused, set_password

NAME = "new-password"


def reset_url(request: Any, user: User) -> str:
    """Return a link by which the user sets a password within half an hour."""
    secret = request.registry["settings.typed"].secret
    query = urlencode({"token": reset_token(secret, user, now=now(request))})
    return f"{request.application_url}/{NAME}?{query}"


@view_defaults(
    context=Root,
    name=NAME,
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
    user = context.node
    return {
        "user": user,
        "base": request.resource_path(context),
        "link": reset_url(request, user),
    }
