"""The traversal tree: where everything is and who may."""

from typing import Any

DOMAINS = (
    "publishing",
    "sales",
    "projects",
    "catalogue",
    "contacts",
    "purchases",
    "people",
    "options",
    "jobs",
    "mail",
    "notifications",
    "saved_views",
)


def includeme(config: Any) -> None:
    """Install the tree, then each domain's branches, in the order of the menu."""
    for domain in DOMAINS:
        config.include(f".{domain}")
