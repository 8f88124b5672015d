"""What a browser would send of a page: its controls, in order."""

from typing import Any

from bs4 import BeautifulSoup


def controls(html: Any) -> list[tuple[str, str]]:
    """Return the pairs a browser posts."""
    return [(one["name"], value(one)) for one in sent_controls(html)]


def sent_controls(html: Any) -> list[Any]:
    """Return the controls a browser posts; what is in templates is not part of it."""
    page = BeautifulSoup(str(html), "html.parser")
    for template in page("template"):
        template.decompose()
    found = page.select("input[name], textarea[name], select[name]")
    return [one for one in found if is_sent(one)]


def is_sent(control: Any) -> bool:
    """Tell whether a control takes part: a box does when it is ticked."""
    return control.get("type") != "checkbox" or control.has_attr("checked")


def value(control: Any) -> str:
    """Return what a control holds."""
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.option
        return str(chosen["value"])
    if control.name == "textarea":
        return str(control.text).removeprefix("\n").replace("\n", "\r\n")
    return str(control.get("value", ""))
