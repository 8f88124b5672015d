"""Chromium from a Debian package, driven by Playwright.

Without a window there is half as much to do for the program that has none at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers.missing import leave_out

FEATURES_OFF = (
    # What unfolds below the address bar costs each tab two pages, and nobody sees it.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright turns off by the same flag, of which only the last one counts.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "MediaRouter", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
PROGRAMS = ("chromium-headless-shell", "chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF)}",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one Chromium for all tests of this process."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        leave_out("Chromium", f"install the Debian package {PROGRAMS[0]}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """Return a fresh browser profile: no cookies, English, an ordinary screen."""
    context = browser.new_context(
        locale="en-GB",
        timezone_id="Europe/Paris",
        viewport={"width": 1280, "height": 900},
    )
    yield context
    context.close()


@pytest.fixture
def page(person: BrowserContext) -> Iterator[Page]:
    """Return an empty tab; the test fails when a script or the page's policy does.

    A blocked inline script, a missing file and an uncaught error all are messages
    of level "error" in the console of the browser.
    """
    complaints: list[str] = []
    tab = person.new_page()
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type == "error" else None
        ),
    )
    yield tab
    assert complaints == []
