"""Views of lists that are kept under a name: one's own, and those shared with a group.

A view holds parameters of a list alone.  What it finds is what its reader may see, by
the same rule as without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.models.saved_views import PresetView, SavedView
from endi_like.principals import Identity
from endi_like.text import norm
from endi_like.workflow.errors import Refused

SHARING = frozenset({"admin", "manager"})
"""Who may share a view: what others find above their lists is theirs to decide."""

MOST = 50
"""So many views of one list somebody keeps: a menu of more would help nobody."""

# Made once: to build it takes longer than to run it.
VISIBLE: Any = (
    select(
        SavedView.id,
        SavedView.owner_id,
        SavedView.collection,
        SavedView.name,
        SavedView.query,
        SavedView.role,
        PresetView.view_id.is_not(None).label("preset"),
        User.name.label("owner"),
        User.roles.label("roles"),
    )
    .join(User, User.id == SavedView.owner_id)
    .outerjoin(
        PresetView,
        and_(
            PresetView.view_id == SavedView.id,
            PresetView.user_id == bindparam("user_id"),
        ),
    )
    .where(
        or_(
            SavedView.owner_id == bindparam("user_id"),
            and_(
                SavedView.role.in_(bindparam("held", expanding=True)),
                User.active,
            ),
        )
    )
)
OF_LIST = VISIBLE.where(SavedView.collection == bindparam("collection"))


class Known(NamedTuple):
    """A view somebody may use: what it asks, and whose it is."""

    id: int
    collection: str
    name: str
    query: str
    role: str | None
    preset: bool
    mine: bool
    owner: str


def may_share(identity: Identity) -> bool:
    """Tell whether somebody may share views with others."""
    return not SHARING.isdisjoint(identity.roles)


def known(db: Session, identity: Identity, collection: str = "") -> Sequence[Known]:
    """Return the views somebody may use, of one list or of all, by their names.

    What was shared by who may not share any longer, or has left, is theirs alone again.
    """
    asked = {"user_id": identity.user_id, "held": identity.groups}
    query = OF_LIST if collection else VISIBLE
    values = {**asked, "collection": collection} if collection else asked
    found = [
        Known(
            row.id,
            row.collection,
            row.name,
            row.query,
            row.role,
            row.preset,
            row.owner_id == identity.user_id,
            row.owner,
        )
        for row in db.connection().execute(query, values)
        if row.owner_id == identity.user_id or not SHARING.isdisjoint(row.roles)
    ]
    return sorted(found, key=lambda one: (not one.mine, norm(one.name), one.id))


def find(db: Session, identity: Identity, key: int) -> SavedView | None:
    """Return a view somebody may use; others do not exist."""
    view = db.get(SavedView, key)
    if view is None or view.owner_id == identity.user_id:
        return view
    owner = view.owner
    may = owner.active and not SHARING.isdisjoint(owner.roles)
    return view if may and view.role in identity.groups else None


def save(
    db: Session, identity: Identity, view: SavedView, data: Mapping[str, Any]
) -> None:
    """Write a view, and have its list open with it or not."""
    others = [
        SavedView.owner_id == identity.user_id,
        SavedView.collection == view.collection,
    ]
    if view.id is not None:
        others.append(SavedView.id != view.id)
    names = db.scalars(select(SavedView.name).where(*others)).all()
    if data["name"] in names:
        raise Refused(_("You have a view of this list with that name already."))
    if len(names) >= MOST:
        raise Refused(
            _("You have ${n} views of this list: delete one.", mapping={"n": MOST})
        )
    view.name, view.role = data["name"], data.get("role", view.role)
    db.add(view)
    db.flush()
    preset(db, identity, view, opens=data["preset"])


def preset(db: Session, identity: Identity, view: SavedView, *, opens: bool) -> None:
    """Have its list open with a view for somebody, or not with this one any more.

    Whoever may use a view may choose it: nobody else is concerned.
    """
    chosen = [
        PresetView.user_id == identity.user_id,
        PresetView.collection == view.collection,
    ]
    if not opens:
        chosen.append(PresetView.view_id == view.id)
    db.execute(delete(PresetView).where(*chosen))
    if opens:
        key = {"user_id": identity.user_id, "collection": view.collection}
        db.add(PresetView(view_id=view.id, **key))
    db.flush()


def is_preset(db: Session, identity: Identity, view: SavedView) -> bool:
    """Tell whether its list opens with a view for somebody."""
    chosen = db.get(PresetView, (identity.user_id, view.collection))
    return chosen is not None and chosen.view_id == view.id
