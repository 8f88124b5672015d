"""What every script here begins with: the checkout on the path, tables as results."""

from __future__ import annotations

import platform
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
INI = """
[app:main]
use = egg:endi_like
endi.database_url = {url}
endi.data_folder = {folder}
endi.secret = the secret of the benchmarks, and of nobody else
"""
"""The settings of an installation that is measured as a process of its own."""
warnings.simplefilter("ignore")  # Pyramid imports pkg_resources


MISSED = "MISSED"
seen: set[str] = set()
"""What stands in any table so far."""


def judged(kept: bool) -> str:
    """Say whether a promise was kept."""
    return "ok" if kept else MISSED


def run(main: Callable[[], None]) -> None:
    """Print all tables; at the end, fail if a promise was missed."""
    main()
    if MISSED in seen:
        raise SystemExit(1)


def print_table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print a table as Markdown, figures to the right."""
    print(f"\n## {title}\n")
    print(f"| {' | '.join(heads)} |")
    print(f"|---|{'---:|' * (len(heads) - 1)}")
    for row in rows:
        seen.update(str(cell) for cell in row)
        print(f"| {' | '.join(str(cell) for cell in row)} |", flush=True)


def machine() -> str:
    """Return what is measured on, in one line."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = {line.partition(":")[2].strip() for line in lines if "model name" in line}
    cores = sum(line.startswith("processor") for line in lines)
    kind = ", ".join(sorted(models)) or platform.machine()
    return f"Python {platform.python_version()}, {cores} cores of {kind}"
