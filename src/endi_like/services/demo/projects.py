"""Projects of the demonstration: begun early, filled from time to time, archived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from endi_like.models.contacts import CreditAccount
from endi_like.models.options import BusinessType
from endi_like.models.people import Company
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.sales import Task
from endi_like.services import businesses, projects
from endi_like.services.demo.diary import Diary, at
from endi_like.services.demo.people import People

Plan = tuple[str, str, tuple[str, ...], str]
"""Code, name, phases, and what it is about."""

PLANS: Mapping[str, tuple[Plan, ...]] = {
    "VENT": (
        (
            "HALLES",
            "Rénovation des halles",
            ("Étude", "Charpente", "Finitions"),
            "Menuiseries extérieures et bardage, en trois tranches.",
        ),
        ("MAIRIE", "Mobilier de la mairie", ("Conception", "Fabrication"), ""),
        ("GITE", "Gîte de la Vallée", (), "Petits travaux, au fil de l’année."),
    ),
    "MOTS": (
        (
            "EXPO-26",
            "Exposition 2026",
            ("Catalogue", "Cartels", "Site"),
            "Textes en quatre langues.",
        ),
        ("FORM", "Formations", ("Printemps", "Automne"), ""),
    ),
    "JARDIN": (
        (
            "VERGER",
            "Le verger conservatoire",
            ("Plantation", "Taille", "Entretien"),
            "Trois ans d’entretien après la plantation.",
        ),
        ("HAIES", "Haies du bocage", ("Hiver", "Été"), ""),
    ),
}
"""What the companies work on together with some of their customers."""

CUSTOMERS = 3
FILING = range(90, 730, 160)
"""After so many days somebody puts into the projects what was written meanwhile."""

ARCHIVED, TAUGHT = "GITE", "FORM"


@dataclass
class Dossier:
    """One project, from the day it is begun to where it ends."""

    diary: Diary
    company: Company
    accounts: Sequence[CreditAccount]
    plan: Plan
    type_: BusinessType
    deals: dict[int, Business] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin the project, and the business with the last of its customers."""
        code, name, phases, definition = self.plan
        self.project = Project(company=self.company)
        self.project.phases = [
            Phase(name=one, position=place) for place, one in enumerate(phases)
        ]
        data = {
            "code": code,
            "name": name,
            "definition": definition,
            "start_date": self.diary.now.date(),
            "end_date": None,
            "customers": [{"account_id": one.id} for one in self.accounts],
        }
        self.project.company_id = self.company.id
        projects.write(self.diary.db, self.project, data)
        self.diary.db.add(self.project)
        for account in self.accounts[-1:]:
            deal = Business(
                company=self.company,
                name=name,
                project=self.project,
                business_type=self.type_,
            )
            self.diary.db.add(deal)
            self.deals[account.id] = deal
        self.diary.db.flush()

    def file(self) -> None:
        """Put what was written for its customers into its phases and businesses.

        What is in a business of its own stays there.
        """
        ids = [account.id for account in self.accounts]
        loose = Task.project_id.is_(None), Task.business_id.is_(None)
        written = select(Task).where(Task.account_id.in_(ids), *loose)
        written = written.order_by(Task.date, Task.id)
        phases = self.project.phases
        for place, task in enumerate(self.diary.db.scalars(written).all()):
            phase = phases[place % len(phases)] if phases else None
            projects.put(task, self.project, phase)
            if deal := self.deals.get(task.account_id):
                moves = self.diary.transitions
                businesses.put(self.diary.db, [task.id], deal, moves)
        self.diary.db.flush()

    def archive(self) -> None:
        """Put the project away."""
        self.diary.transitions.run(
            self.project, "archive", allowed=lambda _permission: True
        )


def plan_projects(
    diary: Diary,
    people: People,
    types: Sequence[BusinessType],
    customers: Mapping[Company, Sequence[CreditAccount]],
) -> None:
    """Note when each project is begun, filled, and archived."""
    for company in people.companies:
        by = people.id(people.author(company))
        for place, plan in enumerate(PLANS[company.code]):
            some = customers[company][place * CUSTOMERS : (place + 1) * CUSTOMERS]
            works, training, *_hire = types
            type_ = training if plan[0] == TAUGHT else works
            dossier = Dossier(diary, company, some, plan, type_)
            begun = diary.begin + dt.timedelta(days=5)
            diary.note(at(begun, 9), by, dossier.begin)
            for days in FILING:
                day = diary.begin + dt.timedelta(days=days)
                diary.note(at(day, 18), by, dossier.file)
            last = diary.end.date() - dt.timedelta(days=2)
            diary.note(at(last, 18), by, dossier.file)
            if plan[0] == ARCHIVED:
                diary.note(at(last, 19), by, dossier.archive)
