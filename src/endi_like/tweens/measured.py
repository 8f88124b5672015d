"""How many requests of which page ended how, and how long they took.

Loaded only where somebody wants these metrics (``endi.metrics_listen``).  What a
visitor may choose names no metric: there are as many as there are pages, times five.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Histogram

from endi_like.resources.core import Collection

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
STATIC, NO_PAGE = "static", "none"

Count = Callable[[Any, Any, float], None]


def includeme(config: Any) -> None:
    """Have requests counted in ``registry["metrics"]``."""
    metrics = config.registry["metrics"] = CollectorRegistry()
    config.registry["count"] = counting(metrics, config.introspector)


def counting(metrics: CollectorRegistry, introspector: Any) -> Count:
    """Return what counts a request and its answer."""
    taken = Histogram(
        "endi_request_seconds",
        "Time to make an answer, by the page that was asked for and how it ended",
        ("view", "status"),
        buckets=BUCKETS,
        registry=metrics,
    )
    # which views there are is only known when all of them have been made known
    views = cache(lambda: views_by_name(introspector))

    def count(request: Any, response: Any, seconds: float) -> None:
        page = page_of(request, views())
        taken.labels(page, f"{response.status_int // 100}xx").observe(seconds)

    return count


def views_by_name(introspector: Any) -> dict[str, tuple[type, ...]]:
    """Return what there are views of, by the name of the view."""
    found: dict[str, set[type]] = {}
    for entry in introspector.get_category("views") or ():
        view = entry["introspectable"]
        if isinstance(view["context"], type):
            found.setdefault(view["name"], set()).add(view["context"])
    return {name: tuple(kinds) for name, kinds in found.items()}


def page_of(request: Any, views: Mapping[str, Any]) -> str:
    """Return the name of the page that was asked for, if there is one."""
    if request.matched_route:
        return STATIC
    context: Any = getattr(request, "context", None)
    name = request.__dict__.get("view_name")
    if not isinstance(context, views.get(str(name), ())):
        return NO_PAGE
    is_list = isinstance(context, Collection)
    kind = context.__name__ if is_list else type(context).__name__
    return f"{kind} {name}".strip()
