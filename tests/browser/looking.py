"""Looking at pages as people see them: every kind there is, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LINKS = "main a[href], nav.nav-side a[href]"
PATHS = """links => links
  .filter((one) => one.origin === location.origin)
  .map((one) => one.pathname)"""
LEFT_OUT = re.compile(
    r"^/(openapi\.json|logout)|\.(csv|json|pdf|vcf|xlsx)$|^/mails/\d+/html$"
    r"|^/contacts/import/\d+/refused$"
)
"""What is no page of ours; where a mail is shown no script runs, and axe would wait."""
NUMBERS = re.compile(r"\d+")
UNFINISHED = re.compile(r"\$\{\w*|\bNone\b|\{[a-z]\w*\}")

TOO_WIDE = """() => [
  ...(document.documentElement.scrollWidth > innerWidth + 1 ? ["the page"] : []),
  ...[...document.querySelectorAll(".scroll")]
    .filter((one) => one.querySelector(".tbl"))
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.getAttribute("aria-label")),
]"""
"""What must be scrolled sideways; only paper and pictures may be wider than a phone."""

HANGING = """() => {
  const found = [];
  for (const menu of document.querySelectorAll("details.menu:not([data-ask])")) {
    if (!menu.querySelector(":scope > summary").checkVisibility()) continue;
    menu.open = true;
    const { left, right } = menu.querySelector(":scope > div").getBoundingClientRect();
    if (left < 0 || right > innerWidth) found.push(menu.innerText.slice(0, 60));
    menu.open = false;
  }
  return found;
}"""
"""Menus that open, and then hang over the edge of the screen."""

VIOLATIONS = """() => {
  const seen = {};
  const again = [...document.querySelectorAll("tbody tr")].filter((row) => {
    const tags = [row, ...row.querySelectorAll("*")];
    const made = tags.map((one) => `${one.tagName} ${one.getAttribute("class")}`);
    seen[made] = (seen[made] ?? 0) + 1;
    return seen[made] > 2;
  });
  return axe.run({ exclude: again }, { resultTypes: ["violations"] }).then((found) =>
    found.violations.map((one) =>
      [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]));
}"""
"""What axe has against a page.  Of rows that are made alike, it looks at two."""


def kind(path: str) -> str:
    """Return what kind of page is at a path: one record stands for all."""
    return NUMBERS.sub("N", path)


def kinds_of_pages(page: Page, *others: str) -> Iterator[str]:
    """Yield one address of each kind that links lead to; it is open by then.

    ``others`` are addresses to begin with, such as lists with filters.
    """
    waiting, seen, to_come = ["/", *others], set(), set(others)
    while waiting:
        address = waiting.pop(0)
        if address not in to_come and kind(address) in seen:
            continue
        to_come.discard(address)
        seen.add(kind(address))
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        yield address
        found = page.locator(LINKS).evaluate_all(PATHS)
        waiting += [path for path in found if not LEFT_OUT.search(path)]


def violations(page: Page) -> list[object]:
    """Return what axe has against the page: the rules, each with a few places."""
    page.evaluate(AXE_SCRIPT)
    found: list[object] = page.evaluate(VIOLATIONS)
    return found


def unfinished(page: Page) -> list[str]:
    """Return what a program would say and no person: names of values, ``None``."""
    return UNFINISHED.findall(page.inner_text("body"))


def faults(page: Page) -> list[object]:
    """Return all that is wrong with how the page looks once it is there."""
    page.wait_for_load_state()
    shape = [*page.evaluate(TOO_WIDE), *page.evaluate(HANGING)]
    return [*violations(page), *shape, *unfinished(page)]
