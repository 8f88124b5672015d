"""One's own account: language, password, sessions, API tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import colander
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.security import remember
from pyramid.view import view_config, view_defaults

from endi_like.forms.core import Form, Press, ValidationFailure, make_form
from endi_like.forms.people import (
    RIGHT_NAMES,
    ROLE_NAMES,
    ApiTokenSchema,
    LanguageSchema,
    PasswordSchema,
)
from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.permissions import Permission
from endi_like.resources.core import Root
from endi_like.security import now, session_limits, visitor
from endi_like.security.entry import keep_language, note_failure
from endi_like.services import sessions, users
from endi_like.services.browsers import browser_name

FORMS = {
    "language": (LanguageSchema, Press("set_language", _("Use this language"))),
    "password": (PasswordSchema, Press("change_password", _("Change the password"))),
    "token": (ApiTokenSchema, Press("make_token", _("Make a token"))),
}
LONGEST_ID = 18


def posts(action: str) -> Callable[[Any], Any]:
    """Register a method for the button of that name."""
    register: Callable[[Any], Any] = view_config(
        request_method="POST", request_param=f"action={action}"
    )
    return register


@view_defaults(
    context=Root,
    name="account",
    permission=Permission.LOGGED_IN,
    renderer="endi_like:templates/account/account.jinja2",
)
class Account:
    """The page of one's own account, and what its buttons do."""

    def __init__(self, context: Root, request: Any) -> None:
        self.context = context
        self.request = request
        self.db = request.db
        self.now = now(request)
        self.access = request.access

    @property
    def user(self) -> User:
        """Return the user; a program with an API token may not come here."""
        if self.access.session_hash is None:
            raise HTTPForbidden(_("An API token cannot change the account it is of."))
        user: User = self.db.get(User, self.access.identity.user_id)
        return user

    def form(self, name: str) -> Form:
        """Return one of the forms of the page, empty."""
        schema, press = FORMS[name]
        locale = self.request.locale_name
        form = make_form(
            schema().bind(locale=locale),
            locale=locale,
            buttons=(press,),
            action=self.url,
            hidden={"csrf_token": get_csrf_token(self.request)},
            prefix=self.request.script_name,
        )
        form.formid = f"{name}-form"
        return form

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"{self.request.script_name}/account"

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        """Show the account."""
        return self.page()

    def page(self, new_token: str = "", **forms: Form) -> dict[str, Any]:
        """Return what the page shows; a new token is shown this once."""
        user = self.user
        language = self.form("language").open({"language": user.language})
        return {
            "user": user,
            "role_names": ROLE_NAMES,
            "right_names": RIGHT_NAMES,
            "roles": sorted(user.roles),
            "memberships": users.memberships(self.db, user.id),
            "sessions": self.sessions(user),
            "tokens": sessions.api_tokens(self.db, user.id),
            "new_token": new_token,
            "forms": {
                "language": language,
                "password": self.form("password"),
                "token": self.form("token").open({"read_only": True}),
                **forms,
            },
        }

    def sessions(self, user: User) -> list[dict[str, Any]]:
        """Return the browsers in which the user is logged in."""
        limits = session_limits(self.request)
        found = sessions.open_sessions(self.db, user.id, now=self.now, limits=limits)
        return [
            {
                "key": session.token_hash.hex(),
                "browser": browser_name(session.user_agent),
                "address": session.address,
                "created_at": session.created_at,
                "seen_at": session.seen_at,
                "here": session.token_hash == self.access.session_hash,
            }
            for session in found
        ]

    def refused(self, name: str, form: Form) -> dict[str, Any]:
        """Show the page again with one form's errors; nothing is kept."""
        self.request.tm.doom()
        self.request.response.status_int = 422
        return self.page(**{name: form})

    def done(self, sentence: Any) -> HTTPSeeOther:
        """Say what was done, on the page as it is now."""
        self.request.flash(sentence)
        return HTTPSeeOther(self.url)

    @posts("set_language")
    def set_language(self) -> Any:
        """Speak another language from now on."""
        form = self.form("language")
        try:
            chosen = form.validate(self.request.POST.items())["language"]
        except ValidationFailure:
            return self.refused("language", form)
        self.user.language = chosen
        keep_language(self.request, chosen)
        return HTTPSeeOther(self.url)

    @posts("change_password")
    def change_password(self) -> Any:
        """Change the password for whoever knows the present one."""
        form = self.form("password")
        try:
            data = form.validate(self.request.POST.items())
            self.renew(data["old"], data["new"])
        except ValidationFailure:
            return self.refused("password", form)
        except users.PasswordRefused as refusal:
            error = colander.Invalid(form.schema)
            error[refusal.field] = refusal.args[0]
            form.blame(error)
            return self.refused("password", form)
        return self.done(
            _("Your password is changed, and you are logged out everywhere else.")
        )

    def renew(self, old: str, new: str) -> None:
        """Set the new password and go on in a new session.

        Raises ``PasswordRefused``; guesses at the present one count as at log-in.
        """
        user, address = self.user, visitor(self.request).address
        try:
            users.change_own_password(
                self.db, user, old, new, address=address, now=self.now
            )
        except users.WrongPassword:
            note_failure(self.request, user.login)
            raise
        remember(self.request, user.id)

    @posts("end_session")
    def end_session(self) -> HTTPSeeOther:
        """Log out in one other browser."""
        try:
            key = bytes.fromhex(self.request.POST.get("key", ""))
        except ValueError:
            key = b""
        sessions.end_session(self.db, self.user.id, key, now=self.now)
        return self.done(_("That session is ended."))

    @posts("log_out_everywhere")
    def log_out_everywhere(self) -> HTTPSeeOther:
        """End every session, this one included, and every API token."""
        sessions.end_all_access(self.db, self.user.id, now=self.now)
        self.request.flash(_("You are logged out everywhere."))
        return HTTPSeeOther(f"{self.request.script_name}/login")

    @posts("make_token")
    def make_token(self) -> Any:
        """Make an API token, and show it this once."""
        form = self.form("token")
        try:
            data = form.validate(self.request.POST.items())
        except ValidationFailure:
            return self.refused("token", form)
        days = data["days"]
        token = sessions.make_api_token(
            self.db,
            self.user.id,
            name=data["name"],
            read_only=data["read_only"],
            expires_at=self.now + timedelta(days=days) if days else None,
            now=self.now,
        )
        self.db.flush()
        return self.page(new_token=token)

    @posts("revoke_token")
    def revoke_token(self) -> HTTPSeeOther:
        """Revoke one API token."""
        key = self.request.POST.get("key", "")
        if key.isascii() and key.isdecimal() and len(key) <= LONGEST_ID:
            sessions.revoke_api_token(self.db, self.user.id, int(key), now=self.now)
        return self.done(_("That token is revoked."))
