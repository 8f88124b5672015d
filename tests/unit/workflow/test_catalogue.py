"""The machine of the catalogue, as a table: actions by states."""

from types import SimpleNamespace

import pytest

from endi_like.permissions import Permission
from endi_like.workflow.catalogue import CATALOGUE_ITEM, OFFERING

TABLE = """
           offered   archived
archive    archived  -
unarchive  -         offered
"""


def test_where_each_action_leads():
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    assert head == list(OFFERING.states)
    for name, *targets in rows:
        action = OFFERING.actions[name]
        found = [action.target if one in action.sources else "-" for one in head]
        assert found == targets
        assert action.permission is Permission.ARCHIVE


@pytest.mark.parametrize(("state", "locked"), [("offered", False), ("archived", True)])
def test_what_is_archived_stays_as_it_is(state, locked):
    assert CATALOGUE_ITEM.locked(SimpleNamespace(offer_status=state)) is locked
