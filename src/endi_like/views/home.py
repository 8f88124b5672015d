"""The home page: what waits for me."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from pyramid.view import view_config

from endi_like.grids import GRIDS
from endi_like.grids.core import Grid
from endi_like.permissions import Permission
from endi_like.reports.waiting import waiting
from endi_like.resources.core import Root
from endi_like.services.organisation import is_nameless
from endi_like.views.cells import Cells


@view_config(
    context=Root,
    request_method="GET",
    permission=Permission.LOGGED_IN,
    renderer="endi_like:templates/home.jinja2",
)
def home(context: Root, request: Any) -> dict[str, Any]:
    """Show the work of the logged-in user, the oldest first."""
    identity = request.identity

    def grid_of(name: str, permission: Permission) -> Grid:
        collection = context[name]
        grid = GRIDS[collection.item_class.model]
        return grid(collection.scope(identity, permission), request.today)

    @cache
    def held(name: str) -> frozenset[Permission]:
        found: frozenset[Permission] = context[name].held(identity)
        return found

    found = waiting(request.db, held, grid_of)
    return {
        "waiting": found,
        "grid": found.grid,
        "base": request.resource_path(context),
        "cells": Cells(request),
        "here": urlencode(found.page.params) if found.page else "",
        "query": urlencode,
        "name": identity.name,
        "today": request.today,
        "naming_url": naming_url(context, request),
    }


def naming_url(context: Root, request: Any) -> str:
    """Return where a new installation is given its name, for who may do so."""
    organisations = context["organisation"]
    if Permission.EDIT not in organisations.held(request.identity):
        return ""
    own = organisations["1"]
    return request.resource_path(own, "edit") if is_nameless(own.node) else ""
