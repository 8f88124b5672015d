"""The machines of projects and businesses, as tables: actions by states."""

from types import SimpleNamespace

import pytest

from endi_like.permissions import Permission
from endi_like.workflow.projects import ARCHIVING, BUSINESS, DEAL, FOLLOWING, PROJECT

TABLES = {
    ARCHIVING: """
           open      archived
archive    archived  -
unarchive  -         open
""",
    DEAL: """
           open      closed
conclude   closed    -
resume     -         open
""",
}
NEEDS = {
    "archive": Permission.ARCHIVE,
    "unarchive": Permission.ARCHIVE,
    "conclude": Permission.AUTOMATIC,
    "resume": Permission.AUTOMATIC,
}
ACTIONS = {
    name: action for manager in TABLES for name, action in manager.actions.items()
}


@pytest.mark.parametrize("manager", TABLES, ids=lambda one: one.key)
def test_where_each_action_leads(manager):
    head, *rows = [line.split() for line in TABLES[manager].strip().splitlines()]
    assert [row[0] for row in rows] == list(manager.actions)
    assert head == list(manager.states)
    for name, *targets in rows:
        action = manager.actions[name]
        found = [action.target if one in action.sources else "-" for one in head]
        assert found == targets


def test_what_each_action_needs():
    assert {name: one.permission for name, one in ACTIONS.items()} == NEEDS


@pytest.mark.parametrize(
    ("state", "name"), [("open", "archive"), ("archived", "unarchive")]
)
def test_a_project_is_archived_and_taken_out_by_decision(state, name):
    project = SimpleNamespace(archive_status=state)
    offered = PROJECT.available(project, lambda _permission: True)
    assert [action.name for action in offered] == [name]


def test_an_archived_project_is_locked():
    assert PROJECT.locked(SimpleNamespace(archive_status="archived"))
    assert not PROJECT.locked(SimpleNamespace(archive_status="open"))


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_business_is_closed_by_nobody_and_never_locked(state):
    business = SimpleNamespace(business_status=state)
    assert BUSINESS.available(business, lambda _permission: True) == []
    assert not BUSINESS.locked(business)


def test_every_state_of_a_business_is_led_to():
    assert FOLLOWING == {"closed": "conclude", "open": "resume"}
