"""Two pages for the machine that watches over this one."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from endi_like.resources.core import Root
from endi_like.services.health import is_ready


def session_to_read(registry: Any) -> Any:
    """Return a database session of its own that takes no lock."""
    session = registry["db.session_factory"]()
    if "db.read_engine" in registry:
        session.bind = registry["db.read_engine"]
    return session


@view_config(
    context=Root,
    name="health",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
)
def health(_context: Root, request: Any) -> Response:
    """Answer ``/health/live`` (no database needed) and ``/health/ready``."""
    if request.subpath == ("live",):
        return Response("alive", content_type="text/plain")
    if request.subpath != ("ready",):
        raise HTTPNotFound
    with session_to_read(request.registry) as db:
        ready = is_ready(db)
    if ready:
        return Response("ready", content_type="text/plain")
    return Response(
        "the database does not answer",
        status=503,
        content_type="text/plain",
        headers={"Retry-After": "5"},
    )
