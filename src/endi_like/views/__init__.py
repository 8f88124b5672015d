"""The web layer: one module per domain, plus the shared views."""

from __future__ import annotations

from functools import partial
from typing import Any

from endi_like.clock import day_of
from endi_like.services.effects import EFFECTS
from endi_like.services.sales import organisation as own_organisation
from endi_like.services.transitions import Transitions


def transitions(request: Any) -> Transitions:
    """Return what moves documents on behalf of the logged-in user."""
    return Transitions(
        request.db,
        actor_id=request.identity.user_id,
        clock=request.registry["clock"],
        effects=request.registry["effects"],
    )


def allowed_on(request: Any, context: Any) -> partial[Any]:
    """Return what tells whether a permission is held on the context."""
    return partial(request.has_permission, context=context)


def today(request: Any) -> Any:
    """Return the business date, in the organisation's time zone."""
    return day_of(request.registry["clock"](), request.time_zone)


def time_zone(request: Any) -> str:
    """Return the organisation's time zone; it comes along with who is logged in."""
    known: str = request.access.time_zone if request.access else ""
    return known or own_organisation(request.db).time_zone


def currency(request: Any) -> str:
    """Return the currency of the organisation; it comes along with who is logged in."""
    known: str = request.access.currency if request.access else ""
    return known or own_organisation(request.db).currency


class WantsJsonPredicate:
    """View predicate ``wants_json=True``: a program asks, not a browser."""

    def __init__(self, value: bool, _config: Any) -> None:
        self.value = value

    def text(self) -> str:
        """Describe the predicate in ``pviews``."""
        return f"wants_json = {self.value}"

    phash = text

    def __call__(self, _context: Any, request: Any) -> bool:
        """Tell whether the view is for this request."""
        return bool(request.wants_json) is self.value


def includeme(config: Any) -> None:
    """Register all views, and what they may ask of a request."""
    config.registry["effects"] = EFFECTS
    config.add_request_method(transitions, reify=True)
    config.add_request_method(allowed_on)
    config.add_request_method(today, reify=True)
    config.add_request_method(time_zone, reify=True)
    config.add_request_method(currency, reify=True)
    config.add_view_predicate("wants_json", WantsJsonPredicate)
    config.include(".layout")
    config.scan()
