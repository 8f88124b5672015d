"""What is asked about a session or an API token: made once, and run at each request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from endi_like.models.notifications import Notification
from endi_like.models.organisation import Organisation
from endi_like.models.people import ApiToken, Membership, User, UserSession
from endi_like.models.saved_views import SavedView

WHO = (User.id, User.name, User.roles, User.language)
RIGHTS = (Membership.company_id, Membership.rights, Membership.ceiling)
HOUSE: tuple[Any, ...] = (Organisation.time_zone, Organisation.currency)
TOKEN_HASH: Any = bindparam("token_hash")
# It asks for the user itself: an answer that hung on the user of each row would be
# looked for once more with every membership.
OWN = aliased(UserSession)
WHOSE = select(OWN.user_id).where(OWN.token_hash == TOKEN_HASH).scalar_subquery()
UNREAD = (
    exists()
    .where(
        Notification.recipient_id == WHOSE,
        Notification.read_at.is_(None),
        Notification.bell,
    )
    .label("unread")
)
# Each by its own index: those of one's own, and any that is shared.
VIEWS = or_(
    exists().where(SavedView.owner_id == WHOSE),
    exists().where(SavedView.role.is_not(None)),
).label("views")

BY_SESSION: Select[Any] = (
    select(UserSession.seen_at, *WHO, *RIGHTS, *HOUSE, UNREAD, VIEWS)
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .outerjoin(Organisation, Organisation.id == 1)
    .where(
        UserSession.token_hash == TOKEN_HASH,
        UserSession.ended_at.is_(None),
        UserSession.seen_at > bindparam("not_idle_since"),
        UserSession.created_at > bindparam("not_made_before"),
        # Whoever changes a password need not remember to end the sessions.
        UserSession.created_at >= User.password_changed_at,
        User.active,
    )
)

BY_API_TOKEN: Select[Any] = (
    select(
        ApiToken.last_used_at,
        *WHO,
        *RIGHTS,
        *HOUSE,
        ApiToken.id.label("token_id"),
        ApiToken.read_only,
    )
    .join(User, User.id == ApiToken.user_id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .outerjoin(Organisation, Organisation.id == 1)
    .where(
        ApiToken.token_hash == TOKEN_HASH,
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
        User.active,
    )
)
