"""The directory: a person or organisation once, and the roles that point at it."""

from endi_like.models.contacts.accounts import (
    CLASSES,
    CUSTOMER,
    KINDS_OF_ACCOUNTS,
    VENDOR,
    CreditAccount,
    CreditAccountTax,
    Customer,
    Vendor,
)
from endi_like.models.contacts.banking import EntityBankAccount
from endi_like.models.contacts.entities import (
    KINDS,
    Entity,
    EntityLink,
    EntityUser,
    OtherName,
)
from endi_like.models.contacts.importing import ContactImport
from endi_like.models.contacts.merging import EntityAlias, EntityMerge
from endi_like.models.contacts.pairs import EntityPair
from endi_like.models.contacts.reaching import Address, ContactElement
from endi_like.models.contacts.working import Employment

__all__ = [
    "CLASSES",
    "CUSTOMER",
    "KINDS",
    "KINDS_OF_ACCOUNTS",
    "VENDOR",
    "Address",
    "ContactElement",
    "ContactImport",
    "CreditAccount",
    "CreditAccountTax",
    "Customer",
    "Employment",
    "Entity",
    "EntityAlias",
    "EntityBankAccount",
    "EntityLink",
    "EntityMerge",
    "EntityPair",
    "EntityUser",
    "OtherName",
    "Vendor",
]
