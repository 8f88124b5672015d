"""The security of the web layer: who asks, and whether the context lets them."""

from __future__ import annotations

from typing import Any

from endi_like.clock import utcnow
from endi_like.permissions import Permission
from endi_like.security.access import (
    find_access,
    language,
    needs_csrf_check,
    now,
    session_limits,
    visitor,
)
from endi_like.security.cookies import Cookie, CSRFPolicy
from endi_like.security.policy import SecurityPolicy, only_looking

__all__ = ["now", "session_limits", "visitor"]


def includeme(config: Any) -> None:
    """Install the policies; a view that names no permission is for nobody."""
    settings = config.registry["settings.typed"]
    config.registry.setdefault("clock", utcnow)
    cookie = config.registry["cookie"] = Cookie(https=settings.behind_https)
    # pyramid_tm would look the user up before every view, also where nobody asks.
    config.add_settings({"tm.annotate_user": False})
    config.add_request_method(find_access, "access", reify=True)
    config.set_security_policy(SecurityPolicy(cookie))
    config.add_view_deriver(only_looking, under="secured_view")
    config.set_csrf_storage_policy(CSRFPolicy(settings.secret, cookie))
    config.set_default_csrf_options(require_csrf=True, callback=needs_csrf_check)
    config.set_default_permission(Permission.NEVER)
    config.set_locale_negotiator(language)
    config.include(".flashes")
    config.include(".faults")
