"""Whether the context lets somebody do something."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pyramid.authorization import ACLHelper, Authenticated, Everyone
from pyramid.httpexceptions import HTTPForbidden
from pyramid.security import NO_PERMISSION_REQUIRED, Denied

from endi_like.db import SAFE_METHODS
from endi_like.formats import amount as written
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.principals import Identity, user
from endi_like.security.access import now, visitor
from endi_like.security.cookies import Cookie
from endi_like.services import sessions

LOOKING = frozenset(
    {
        Permission.LIST,
        Permission.VIEW,
        Permission.EXPORT,
        Permission.SEE_HISTORY,
        Permission.LOGGED_IN,
    }
)


class CeilingDenied(Denied):
    """Refused only because the amount is above what the user may decide alone."""

    reason: str


class SecurityPolicy:
    """Look the identity up at each request; decide with the context's ACL."""

    def __init__(self, cookie: Cookie) -> None:
        self.acl = ACLHelper()
        self.cookie = cookie

    def identity(self, request: Any) -> Identity | None:
        """Return who is logged in."""
        return request.access.identity if request.access else None

    def authenticated_userid(self, request: Any) -> str | None:
        """Return the principal that names the user."""
        return user(request.access.identity.user_id) if request.access else None

    def permits(self, request: Any, context: Any, permission: str) -> Any:
        """Ask the context's ACL, then its parents'.

        What is refused only for its amount, or for the bin, carries a ``reason``.
        """
        access = request.access
        if access is None:
            return self.acl.permits(context, [Everyone], permission)
        if access.read_only and permission not in LOOKING:
            return Denied("this API token may only look")
        return self._permits(request, context, permission)

    def _permits(self, request: Any, context: Any, permission: str) -> Any:
        identity = request.access.identity
        amount = getattr(context, "limited_by", None)
        answer = self._ask(identity, context, permission, amount)
        if answer:
            return answer
        withheld = getattr(context, "withheld", None)
        if withheld and (reason := withheld(identity, permission)):
            answer.reason = reason
            return answer
        if amount is None or not self._ask(identity, context, permission, None):
            return answer
        return above_ceiling(identity, context, request.locale_name)

    def _ask(
        self,
        identity: Identity,
        context: Any,
        permission: str,
        amount: Decimal | None,
    ) -> Any:
        held = [Everyone, Authenticated, *identity.principals(amount)]
        return self.acl.permits(context, held, permission)

    def remember(self, request: Any, userid: int, **kw: Any) -> list[Any]:
        """Start a session under a new token; ``db`` is the session to store it by."""
        sessions.start_session(
            kw.get("db") or request.db,
            userid,
            self.cookie.renew(request),
            now=now(request),
            visitor=visitor(request),
        )
        return []

    def forget(self, request: Any, **_kw: Any) -> list[Any]:
        """End the session; the browser gets a token that opens nothing."""
        access = request.access
        if access and access.session_hash:
            sessions.end_session(
                request.db,
                access.identity.user_id,
                access.session_hash,
                now=now(request),
            )
        self.cookie.renew(request)
        return []


def only_looking(view: Any, info: Any) -> Any:
    """Keep API tokens that may only look from posting anything (a view deriver).

    Some views that change things ask for no more than ``VIEW``, because what they do
    asks for its own permission.  Views without permission do not even look who asks.
    """
    if info.options.get("permission") in (None, NO_PERMISSION_REQUIRED):
        return view

    def guarded(context: Any, request: Any) -> Any:
        access = None if request.method in SAFE_METHODS else request.access
        if access and access.read_only:
            raise HTTPForbidden(_("This API token may only look."))
        return view(context, request)

    return guarded


def above_ceiling(identity: Identity, context: Any, locale: str) -> CeilingDenied:
    """Return the refusal that names the user's ceiling in the context's company."""
    membership = identity.memberships[context.node.company_id]
    ceiling = membership.ceiling or Decimal(0)
    denied = CeilingDenied("above the ceiling")
    denied.reason = _(
        "Your ceiling in this company is ${ceiling} before tax.",
        mapping={"ceiling": written(ceiling, locale)},
    )
    return denied
