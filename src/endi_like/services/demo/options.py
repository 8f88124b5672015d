"""What the administrator of the demonstration offers to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)

RATES = (
    ("20", "20 %", ""),
    ("10", "10 %", ""),
    ("5.5", "5,5 %", ""),
    ("2.1", "2,1 %", ""),
    (
        "-1",
        "0 % — exonéré",
        "TVA non applicable, article 261-4-4° a du CGI (formation professionnelle)",
    ),
    (
        "-2",
        "0 % — autoliquidation",
        "Autoliquidation de la TVA, article 283-2 du CGI — reverse charge",
    ),
)
MODES = ("Virement", "Chèque", "Espèces", "Carte bancaire", "Prélèvement")
CONDITIONS = (
    ("À réception", 0, False),
    ("30 jours", 30, False),
    ("30 jours fin de mois", 30, True),
    ("45 jours", 45, False),
)
UNITS = ("heure", "jour", "pièce", "m²", "forfait", "mot", "page")
TYPES = ("Travaux", "Formation", "Location")
MENTIONS = (
    (
        "Retard de paiement",
        "Tout retard de paiement entraîne des pénalités au taux de trois fois le taux "
        "d’intérêt légal, et une indemnité forfaitaire de 40 € pour frais de "
        "recouvrement.",
    ),
    (
        "Assurance décennale",
        "Assurance responsabilité décennale souscrite auprès de la Mutuelle des "
        "Artisans, contrat n° 0000-0000, valable en France métropolitaine.",
    ),
    (
        "Service à la personne",
        "Travaux de petit jardinage : la moitié de la dépense ouvre droit à un crédit "
        "d’impôt (article 199 sexdecies du CGI).",
    ),
)
BANKS = (
    ("Crédit coopératif", "FR7630006000011234567890189", "AGRIFRPP"),
    ("La Nef", "FR1420041010050500013M02606", "PSSTFRPPPAR"),
)


@dataclass(frozen=True)
class Options:
    """The stored options; rates by their value, the others in their order."""

    rates: dict[str, VatRate]
    modes: tuple[PaymentMode, ...]
    conditions: tuple[PaymentConditions, ...]
    mentions: tuple[Mention, ...]
    banks: tuple[BankAccount, ...]
    types: tuple[BusinessType, ...]


def make_options(db: Session) -> Options:
    """Store all options; the first of each kind is the one to begin with."""
    rates = {
        value: VatRate(
            value=Decimal(value), label=label, mention=mention, **place(position)
        )
        for position, (value, label, mention) in enumerate(RATES)
    }
    modes = tuple(
        PaymentMode(label=label, **place(position))
        for position, label in enumerate(MODES)
    )
    conditions = tuple(
        PaymentConditions(label=label, days=days, end_of_month=end, position=position)
        for position, (label, days, end) in enumerate(CONDITIONS)
    )
    conditions[1].default = True
    mentions = tuple(
        Mention(label=label, text=text, **place(position))
        for position, (label, text) in enumerate(MENTIONS)
    )
    banks = tuple(
        BankAccount(label=label, iban=iban, bic=bic, **place(position))
        for position, (label, iban, bic) in enumerate(BANKS)
    )
    units = [
        WorkUnit(label=label, **place(position)) for position, label in enumerate(UNITS)
    ]
    types = tuple(
        BusinessType(label=label, **place(position))
        for position, label in enumerate(TYPES)
    )
    made = (*rates.values(), *modes, *conditions, *mentions, *banks, *units, *types)
    db.add_all(made)
    db.flush()
    return Options(rates, modes, conditions, mentions, banks, types)


def place(position: int) -> dict[str, int | bool]:
    """Return the columns of an option's place in its list."""
    return {"position": position, "default": position == 0}
