"""Schedulers in processes of their own, who all look at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any

from endi_like.db import make_engine
from endi_like.jobs.planning import Planner
from endi_like.services.schedules import Plan
from tests.processes import NURSERY, PATIENCE

PLANS = {
    f"job{number}": Plan(cron, "", "", None)
    for number, cron in enumerate(("* * * * *", "*/2 * * * *", "10 * * * *"))
}

_gate: Any = None


def remember(gate: Any) -> None:
    """Keep what all processes wait at before they look."""
    global _gate
    _gate = gate


def look(url: str, moments: Sequence[datetime]) -> int:
    """Ask for what is due at each moment, together with all others."""
    engine = make_engine(url)
    planner = Planner(engine, PLANS)
    for moment in moments:
        _gate.wait(PATIENCE)
        planner.ask_for_due(moment)
    engine.dispose()
    return len(moments)


def look_at_once(url: str, moments: Sequence[datetime], schedulers: int) -> None:
    """Have so many schedulers look, all at the same moments."""
    gate = NURSERY.Barrier(schedulers)
    with ProcessPoolExecutor(schedulers, NURSERY, remember, (gate,)) as pool:
        looked = [pool.submit(look, url, moments) for _ in range(schedulers)]
        assert {one.result(PATIENCE) for one in looked} == {len(moments)}
