"""The lists of users and companies."""

from __future__ import annotations

from endi_like.grids.core import Grid
from endi_like.grids.parts import Column, Tick, active_column
from endi_like.i18n import _
from endi_like.models.people import Company, User
from endi_like.principals import ROLES
from endi_like.workflow.core import State

LET_IN = State("active", _("May log in"), "check-circle-fill", "good")
SHUT_OUT = State("inactive", _("May not log in"), "lock-fill", "closed")
IN_USE = State("active", _("In use"), "check-circle-fill", "good")
OUT_OF_USE = State("inactive", _("No longer in use"), "lock-fill", "closed")
HELD = {name: State(name, label, "person-check") for name, label in ROLES.items()}
"""The roles, as the list shows them."""


class UserGrid(Grid):
    """Every user."""

    model = User
    title = _("Users")
    default_sort = "login"
    filters = (Tick("inactive", _("Disabled only"), lambda: User.active.is_(False)),)
    columns = (
        Column("login", _("Login"), (User.login,), sort=User.sort_login, link=True),
        Column("name", _("Name"), (User.name,), sort=User.sort_name),
        Column("email", _("E-mail"), (User.email,), wide=True),
        Column(
            "roles",
            _("Roles"),
            (User.roles,),
            show=lambda roles: [state for role, state in HELD.items() if role in roles],
            kind="states",
            wide=True,
        ),
        active_column(User, LET_IN, SHUT_OUT),
    )


class CompanyGrid(Grid):
    """Every company."""

    model = Company
    title = _("Companies")
    default_sort = "name"
    columns = (
        Column("name", _("Name"), (Company.name,), sort=Company.sort_name, link=True),
        Column("code", _("Analytic code"), (Company.code,), sort=Company.sort_code),
        Column("contact", _("Contact"), (Company.contact_name,), wide=True),
        Column("town", _("Town"), (Company.town,), wide=True),
        active_column(Company, IN_USE, OUT_OF_USE),
    )
