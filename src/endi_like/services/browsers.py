"""What people call the browser that a ``User-Agent`` header describes."""

from __future__ import annotations

from endi_like.i18n import _

# The first sign that occurs decides: most browsers also claim to be another one.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Return ``Firefox on Linux``, or as much of it as can be told."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    if browser and system:
        return _(
            "${browser} on ${system}", mapping={"browser": browser, "system": system}
        )
    return browser or system or _("another program")
