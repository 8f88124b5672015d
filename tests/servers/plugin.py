"""Fixtures that give tests a PostgreSQL, and the list of what could not be run.

The cluster is started once per run: by the controller when pytest-xdist shares the
tests among workers, otherwise when a test first asks for it.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.servers.missing import MARK, leave_out
from tests.servers.postgres import NoPostgres, create_database, throwaway_cluster

pytest_plugins = [
    "tests.servers.chromium",
    "tests.servers.rabbitmq",
    "tests.servers.redis",
]

running = pytest.StashKey[ExitStack]()
address = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a developer leave PostgreSQL out on purpose, to be quick."""
    parser.addoption(
        "--sqlite-only", action="store_true", help="skip what needs PostgreSQL"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Remember what has to be stopped at the end, Ctrl-C included."""
    config.stash[running] = ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster, if this process started it."""
    config.stash[running].close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Any) -> None:
    """Start the one cluster of all workers, before there are any."""
    start(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the cluster of its controller is."""
    node.workerinput["postgres"] = node.config.stash[address]


def start(config: pytest.Config) -> str:
    """Start the cluster unless it runs already; return its address, or nothing."""
    if address not in config.stash:
        config.stash[address] = ""
        if not config.getoption("--sqlite-only"):
            try:
                cluster = config.stash[running].enter_context(throwaway_cluster())
            except NoPostgres:
                cluster = ""
            config.stash[address] = cluster
    return config.stash[address]


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """Return the address of an empty PostgreSQL database of this process alone.

    It is an address for SQLAlchemy; without its ``+psycopg`` it suits psycopg too.
    """
    if pytestconfig.getoption("--sqlite-only"):
        pytest.skip("--sqlite-only")
    worker = getattr(pytestconfig, "workerinput", None)
    cluster = start(pytestconfig) if worker is None else worker["postgres"]
    if not cluster:
        leave_out("PostgreSQL", "install the Debian package postgresql")
    name = "main" if worker is None else worker["workerid"]
    return create_database(cluster, f"endi_{name}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not tested for want of a component."""
    reasons = [
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    ]
    left_out = sorted(reason for reason in reasons if reason.startswith(MARK))
    if not left_out:
        return
    terminalreporter.section("NOT TESTED", red=True, bold=True)
    for reason in dict.fromkeys(left_out):
        tests = left_out.count(reason)
        terminalreporter.line(f"{tests} tests {reason}", red=True, bold=True)
