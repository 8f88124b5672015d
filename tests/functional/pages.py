"""What a person does with a page: press a button, fill in a form, read a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from webtest import TestResponse
from webtest.forms import Form

BLANKS = re.compile(r"\s+")


def press(page: TestResponse, action: str, status: int = 303, **fields: Any) -> Any:
    """Press the button of an action on a record page, after answering what it asks."""
    form = next(
        form
        for form in page.forms.values()
        if "action" in form.fields and form["action"].value == action
    )
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def button(page: TestResponse, path: str, status: int = 303) -> Any:
    """Press the button whose form is sent to the path, such as ``delete``."""
    form = next(one for one in page.forms.values() if one.action.endswith(f"/{path}"))
    return form.submit(status=status)


def offered(page: TestResponse) -> list[str]:
    """Return the names of the actions a record page has buttons for."""
    inputs = page.html.select("form[action$='/do'] input[name=action]")
    return [one["value"] for one in inputs]


def document_form(page: TestResponse) -> Form:
    """Return the form of the page as a browser sends it: templates are left out."""
    tag = page.html.find("main").find("form", attrs={"method": "post"})
    for template in tag.find_all("template"):
        template.decompose()
    return Form(page, str(tag))


def save(
    page: TestResponse, action: str = "save", status: int = 303, **typed: Any
) -> Any:
    """Fill in the form of a page and press the button of that name.

    ``cost_1="9"`` is the second field called ``cost``.
    """
    form = document_form(page)
    for key, value in typed.items():
        name, _line, index = key.rpartition("_")
        if index.isdecimal():
            form.set(name, value, index=int(index))
        else:
            form[key] = value
    values = [one.value_if_submitted() for one in form.fields["action"]]
    return form.submit("action", index=values.index(action), status=status)


def controls(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield nested values as the fields a page of ours sends for them."""
    for name, value in values.items():
        yield from control(name, value)


def control(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield one value, between markers when it has parts."""
    if isinstance(value, dict):
        yield "__start__", f"{name}:mapping"
        yield from controls(value)
        yield "__end__", f"{name}:mapping"
    elif isinstance(value, list):
        yield "__start__", f"{name}:sequence"
        for one in value:
            yield from control("item", one)
        yield "__end__", f"{name}:sequence"
    else:
        yield name, str(value)


def post(browser: Any, url: str, values: dict[str, Any], status: int = 303) -> Any:
    """Post values with the token that the browser's pages carry."""
    sent = [("csrf_token", token(browser)), *controls(values)]
    return browser.post(url, sent, status=status)


def token(browser: Any) -> str:
    """Return the token of the browser, as every page with a form has it."""
    return str(browser.token)


def empty(*lists: str) -> list[tuple[str, str]]:
    """Return the fields of lists that nothing was added to."""
    return [
        (marker, f"{name}:sequence")
        for name in lists
        for marker in ("__start__", "__end__")
    ]


def words(page: TestResponse) -> str:
    """Return what is to be read on a page, blanks made single."""
    return BLANKS.sub(" ", page.html.find("main").get_text(" ")).strip()
