"""Where users and companies are administered."""

from __future__ import annotations

from typing import Any, ClassVar

from endi_like.i18n import _
from endi_like.models.people import Company, User
from endi_like.permissions import Permission
from endi_like.resources.core import Resource
from endi_like.services.rights.holders import Role

LOOK = frozenset({Permission.VIEW, Permission.EXPORT})
READ = LOOK | {Permission.SEE_HISTORY}
ADMINISTER = READ | {Permission.ADD, Permission.EDIT}


class UserResource(Resource):
    """``/users/12``."""

    model = User
    grants: ClassVar = {Role("admin"): ADMINISTER, Role("auditor"): READ}


class CompanyResource(Resource):
    """``/companies/12``."""

    model = Company
    grants: ClassVar = {
        Role("admin"): ADMINISTER,
        Role("manager"): LOOK,
        Role("auditor"): READ,
    }


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "users",
        UserResource,
        label=_("Users"),
        section=_("Administration"),
        icon="person-check",
        new=_("New user"),
    )
    config.add_collection(
        "companies",
        CompanyResource,
        label=_("Companies"),
        section=_("Administration"),
        icon="building",
        new=_("New company"),
    )
