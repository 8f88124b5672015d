"""What the three companies sell, in the languages of their customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Item: TypeAlias = tuple[str, str, str, str, tuple[str, ...]]
"""Description, unit, price of one, rate of tax, and the quantities it is sold in."""

SUBJECTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "VENT": {
        "fr": (
            "Remplacement des fenêtres côté jardin",
            "Escalier en chêne, deux quarts tournants",
            "Bibliothèque sur mesure",
            "Réparation du portail après la tempête",
            "Bardage en châtaignier de l’atelier — façade nord, pignon et retour "
            "d’angle, y compris échafaudage et évacuation des anciens panneaux",
        ),
        "en": ("New sash windows", "Shelves for the reading room"),
        "de": ("Neue Haustür", "Regale für den Lesesaal"),
    },
    "MOTS": {
        "fr": (
            "Traduction du catalogue d’exposition",
            "Formation : écrire simplement",
            "Relecture du rapport annuel",
            "Sous-titrage du spectacle",
            "Adaptation du site en anglais, en allemand et en néerlandais",
        ),
        "en": ("Translation of the programme", "Proofreading, spring list"),
        "de": ("Übersetzung des Programmhefts", "Lektorat Jahresbericht"),
    },
    "JARDIN": {
        "fr": (
            "Entretien du jardin, printemps",
            "Création d’un massif de vivaces",
            "Taille douce du verger",
            "Plantation d’une haie bocagère",
            "Débroussaillage du terrain de l’Épine",
        ),
        "en": ("Garden care, spring", "An orchard of old varieties"),
        "de": ("Gartenpflege Frühjahr", "Obstbaumschnitt"),
    },
}

GROUPS: Mapping[str, tuple[str, ...]] = {
    "fr": ("Préparation", "Réalisation", "Fournitures", "Finitions"),
    "en": ("Preparation", "Work", "Materials"),
    "de": ("Vorbereitung", "Ausführung", "Material"),
}

HOURS = ("1", "1.5", "2", "3.5", "7", "14")
PIECES = ("1", "2", "3", "4", "6", "12")
SURFACE = ("3.2", "8.75", "12.5", "24", "41.333")
WORDS = ("850", "2400", "7315", "12040")
ONCE = ("1",)

ITEMS: Mapping[str, Mapping[str, tuple[Item, ...]]] = {
    "VENT": {
        "fr": (
            ("Dépose et évacuation en déchetterie", "forfait", "180", "10", ONCE),
            ("Fenêtre en chêne, double vitrage", "pièce", "742.5", "10", PIECES),
            ("Pose, calage, étanchéité", "heure", "48", "10", HOURS),
            ("Bardage à claire-voie", "m²", "86.9", "20", SURFACE),
            (
                "Quincaillerie inox :\ncharnières, vis, équerres",
                "pièce",
                "3.45",
                "20",
                PIECES,
            ),
            ("Étude et plans d’exécution", "heure", "55", "20", HOURS),
        ),
        "en": (
            ("Survey and drawings", "heure", "55", "20", HOURS),
            ("Oak window, double glazed", "pièce", "742.5", "20", PIECES),
            ("Fitting", "heure", "48", "20", HOURS),
        ),
        "de": (
            ("Aufmaß und Zeichnungen", "heure", "55", "20", HOURS),
            ("Regalböden aus Eschenholz", "m²", "64.2", "20", SURFACE),
            ("Einbau", "heure", "48", "20", HOURS),
        ),
    },
    "MOTS": {
        "fr": (
            ("Traduction de l’anglais", "mot", "0.14", "20", WORDS),
            ("Traduction de l’allemand, délai court", "mot", "0.185", "20", WORDS),
            ("Relecture", "page", "6.8", "20", PIECES),
            ("Livret imprimé", "pièce", "9.95", "5.5", PIECES),
            ("Journal de l’atelier, abonnement", "pièce", "4.9", "2.1", PIECES),
            ("Journée de formation (7 h)", "jour", "950", "-1", ONCE),
        ),
        "en": (
            ("Translation from French", "mot", "0.14", "-2", WORDS),
            ("Revision by a second translator", "heure", "52", "-2", HOURS),
        ),
        "de": (
            ("Übersetzung aus dem Französischen", "mot", "0.15", "-2", WORDS),
            ("Lektorat", "page", "7.1", "-2", PIECES),
        ),
    },
    "JARDIN": {
        "fr": (
            ("Tonte, désherbage, ramassage", "heure", "38", "20", HOURS),
            ("Taille douce de fruitiers", "pièce", "29.5", "20", PIECES),
            ("Vivaces en godet, variétés rustiques", "pièce", "4.2", "10", PIECES),
            ("Plants de haie : aubépine, houx, érable", "pièce", "2.75", "10", PIECES),
            ("Broyat de branches", "m²", "5.33", "20", SURFACE),
            ("Confitures du verger", "pièce", "5.5", "5.5", PIECES),
        ),
        "en": (
            ("Mowing, weeding, clearing", "heure", "38", "20", HOURS),
            ("Hedge plants", "pièce", "2.75", "10", PIECES),
        ),
        "de": (
            ("Mähen, Jäten, Aufräumen", "heure", "38", "20", HOURS),
            ("Heckenpflanzen", "pièce", "2.75", "10", PIECES),
        ),
    },
}

DISCOUNTS = {
    "fr": "Remise de fidélité",
    "en": "Loyalty discount",
    "de": "Treuerabatt",
}
DEPOSITS = {
    "fr": "Acompte versé à la commande",
    "en": "Deposit paid with the order",
    "de": "Anzahlung bei Bestellung",
}
PARTS = {
    "fr": ("À la livraison des matériaux", "À mi-parcours, après la réunion de suivi"),
    "en": ("On delivery", "After the first half"),
    "de": ("Bei Lieferung", "Nach der Hälfte der Ausführung"),
}
REASONS = (
    "La date de fin de chantier manque dans la description.",
    "Le taux n’est pas le bon : ces plants sont à 10 %.",
    "Please name the purchase order of the customer.",
)
CLOSURES = (
    "Litige réglé à l’amiable : le client garde le reste contre une reprise gratuite.",
    "Liquidation judiciaire du client, créance irrécouvrable.",
    "Le reste est inférieur aux frais de relance.",
)
GIVEN_UP = (
    "Le client a choisi une autre entreprise, moins chère de 12 %.",
    "Projet reporté : la subvention de la région n’a pas été accordée.",
    "Sans réponse après trois relances — à recontacter à la rentrée.",
)

MEMOS = (
    ("Le client préfère être appelé le matin.", False, False),
    (
        "Échéancier accordé par téléphone :\n– la moitié à la livraison ;\n"
        "– le reste fin de mois. Ne pas relancer avant.",
        False,
        True,
    ),
    ("Penser à proposer l’entretien annuel au prochain passage.", True, False),
    ("Invoice also goes to the site manager, by post.", False, False),
)
"""What people write beside an invoice; whether it is private, and whether pinned."""


def language_of(customer_language: str) -> str:
    """Return the language something is sold in to a customer of that language."""
    return customer_language if customer_language in GROUPS else "en"
