"""All jobs; importing a module here is what makes its jobs known."""

from endi_like.jobs import history, people, sales
from endi_like.jobs.core import JOBS, Work, job

__all__ = ["JOBS", "Work", "history", "job", "people", "sales"]
