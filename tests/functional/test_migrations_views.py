"""What a list opened with is what it opens with, now that everybody chooses."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from endi_like.migrations.running import upgrade
from tests.conftest import own_database
from tests.dumps import RELEASED, restore
from tests.processes import Place

BEFORE = "0013"
VIEWS = """
INSERT INTO saved_view
(id, owner_id, collection, name, query, role, preset, version) VALUES
(1, 1, 'invoices', 'Late', 'late=1', 'manager', true, 1),
(2, 1, 'invoices', 'All', '', NULL, false, 1),
(3, 2, 'estimations', 'Sent', 'signed_status=sent', NULL, true, 1)
"""
SHARED = "UPDATE saved_view SET role = 'member' WHERE id = 3"
PRESET = "SELECT user_id, collection, view_id FROM preset_view ORDER BY view_id"
KEPT = "SELECT name, query, role FROM saved_view ORDER BY id"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Return where the step before has been made."""
    if request.param == "sqlite":
        found = Place(f"sqlite:///{tmp_path}/endi.db", tmp_path)
    else:
        address = request.getfixturevalue("postgres_url")
        found = Place(own_database(address, "before_presets"), tmp_path)
    restore(RELEASED / f"0.1.0-{found.kind}.gz", found)
    upgrade(found.database_url, BEFORE)
    return found


def test_who_had_a_list_open_with_a_view_still_has(place):
    engine = place.engine()
    with engine.begin() as connection:
        connection.execute(text(VIEWS))
    upgrade(place.database_url)
    with engine.begin() as connection:
        connection.execute(text(SHARED))
        assert [tuple(row) for row in connection.execute(text(PRESET))] == [
            (1, "invoices", 1),
            (2, "estimations", 3),
        ]
        assert [tuple(row) for row in connection.execute(text(KEPT))] == [
            ("Late", "late=1", "manager"),
            ("All", "", None),
            ("Sent", "signed_status=sent", "member"),
        ]
    engine.dispose()
