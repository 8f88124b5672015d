"""Two pages for the machine that watches over this one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from endi_like.resources.core import Root
from endi_like.security.answers import RETRY_AFTER
from endi_like.services.health import UNAVAILABLE, Health
from endi_like.services.health import health as find_out


def session_to_look(registry: Any) -> Any:
    """Return a database session of its own that takes no lock, and does not wait."""
    session = registry["db.session_factory"]()
    if "db.watching_engine" in registry:
        session.bind = registry["db.watching_engine"]
    return session


@view_config(
    context=Root,
    name="health",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
)
def health(_context: Root, request: Any) -> Response:
    """Answer ``/health/live`` (no database needed) and ``/health/ready``, in JSON."""
    if request.subpath == ("live",):
        return Response(json_body={"status": "alive"})
    if request.subpath != ("ready",):
        raise HTTPNotFound
    with session_to_look(request.registry) as db:
        return told(find_out(db, request.registry["clock"]()))


def told(found: Health) -> Response:
    """Answer 503 only when pages cannot be had: for want of a worker, none is lost."""
    response = Response(json_body={"status": found.status, "checks": asdict(found)})
    if found.status == UNAVAILABLE:
        response.status_int = 503
        response.headers["Retry-After"] = RETRY_AFTER
    return response
