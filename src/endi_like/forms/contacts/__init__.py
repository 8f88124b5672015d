"""What may be entered about the directory: whole entities, a company's customers."""

from endi_like.forms.contacts.customers import CustomerSchema
from endi_like.forms.contacts.entities import EntitySchema
from endi_like.forms.contacts.names import (
    KIND_NAMES,
    Phone,
    language_name,
    languages,
)

__all__ = [
    "KIND_NAMES",
    "CustomerSchema",
    "EntitySchema",
    "Phone",
    "language_name",
    "languages",
]
