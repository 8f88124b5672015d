"""The measuring stick: a Pyramid application with one view, one template, no more.

It shows the same rows as the list of invoices, in the same cells, from constants:
what Pyramid, Jinja2 and WebOb cost by themselves.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pyramid.config import Configurator

LIST = Path(__file__).with_suffix(".jinja2")
ROWS = 80
LABELS = ("Numéro", "Date", "Enseigne", "Client", "État", "HT", "TTC", "À payer")


def row(number: int) -> dict[str, Any]:
    """Return a row, written already."""
    return {
        "id": 12000 - number,
        "version": 3,
        "number": f"2026-{5000 - number}",
        "date": f"{dt.date(2026, 11, 20):%d/%m/%Y}",
        "company": f"Enseigne Menuiserie {number}",
        "customer": f"Œuvres laïques d’Ille-et-Vilaine {number}",
        "subject": f"Travaux de menuiserie, lot {number}, étape {number}",
        "tone": "good",
        "help": "Il ne reste rien à payer.",
        "icon": "check-circle-fill",
        "state": "Soldée",
        "ht": "1 848,00",
        "ttc": "2 217,60",
        "to_pay": "0,00",
    }


def app() -> Any:
    """Return the application."""
    page = {
        "title": "Factures",
        "labels": LABELS,
        "tick": "Cocher cette ligne",
        "base": "/invoices/",
        "icons": "/static/icons.svg?v=0123456789",
        "rows": [row(number) for number in range(ROWS)],
    }
    with Configurator(settings={"jinja2.trim_blocks": True}) as config:
        config.include("pyramid_jinja2")
        config.add_route("list", "/")
        config.add_view(lambda _: page, route_name="list", renderer=str(LIST))
        return config.make_wsgi_app()
