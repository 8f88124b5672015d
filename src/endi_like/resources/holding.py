"""What tells the collections of one kind from the others, for views."""

from __future__ import annotations

from typing import Any


class HoldsPredicate:
    """View predicate ``holds=Invoice``: only on the collection of that model."""

    def __init__(self, model: Any, _config: Any) -> None:
        self.model = model

    def text(self) -> str:
        """Describe the predicate in ``pviews``."""
        return f"holds = {self.model.__name__}"

    phash = text

    def __call__(self, context: Any, _request: Any) -> bool:
        """Tell whether the collection publishes the model."""
        return context.item_class.model is self.model
