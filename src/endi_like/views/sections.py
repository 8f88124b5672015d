"""Forms drawn in sections, with the way back: a page of many fields stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from endi_like.forms.core import Form
from endi_like.resources.core import Collection

Section: TypeAlias = tuple[Any, Any, Sequence[str]]
"""A heading, a sentence of help or nothing, and the names of the fields."""


class Sections:
    """A form view that names its sections; stands before the kind of form."""

    sections: ClassVar[Sequence[Section]] = ()
    list_title: ClassVar[Any] = ""
    context: Any
    request: Any

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Return what the template shows, with where one comes from."""
        path = self.request.resource_path
        crumbs = [(self.list_title, path(self.collection))]
        if self.context is not self.collection:
            crumbs.append((self.context.node.title, path(self.context)))
        shown = {
            "sections": self.sections,
            "crumbs": crumbs,
            "leave_url": path(self.context),
            **values,
        }
        found: dict[str, Any] = super().page(form, **shown)  # type: ignore[misc]
        return found

    @property
    def collection(self) -> Any:
        """Return the collection the form adds to, or edits an item of."""
        context = self.context
        return context if isinstance(context, Collection) else context.__parent__
