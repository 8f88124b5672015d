"""The rules of the house that a machine can check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "endi_like"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "versions" not in path.parts)
TEMPLATES = sorted(SOURCE.rglob("*.jinja2"))
SCRIPTS = sorted((SOURCE / "static" / "js").glob("*.js"))

INLINE = re.compile(r"""\son[a-z]+=|\sstyle=|<style|<script(?![^>]*\ssrc=)""")
REVIEWED_SAFE: set[str] = set()
"""Templates that may print HTML made elsewhere, each reviewed."""


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_stay_short(path):
    assert len(path.read_text().splitlines()) <= 120


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_nothing_the_content_security_policy_forbids(path):
    assert not INLINE.findall(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_I1_templates_escape_everything(path):
    if name_of(path) not in REVIEWED_SAFE:
        assert not re.findall(r"\|\s*safe\b|autoescape\s+false", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_do_not_query(path):
    assert not re.findall(r"\bdb\.\w+|\.execute\(", path.read_text())


def test_scripts_stay_small():
    assert sum(path.stat().st_size for path in SCRIPTS) < 60_000


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_scripts_find_a_field_whatever_others_are_called(path):
    """A field called "elements" hides ``form.elements``, as that of contacts is."""
    code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert not re.search(r"\.elements\b", code)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_business_code_does_not_look_at_the_clock(path):
    if path.name != "clock.py" and "scripts" not in path.parts:
        text = path.read_text()
        assert not re.findall(r"\b(?:utcnow|now|today)\(\)", _without_own(text))


def _without_own(text: str) -> str:
    """Leave out what asks an object that was handed in."""
    return re.sub(r"\w[\w\])]*\.(?:now|today|utcnow)\(\)", _keep_modules, text)


def _keep_modules(found: re.Match[str]) -> str:
    owner = found[0].split(".")[0]
    return found[0] if owner in ("datetime", "date", "dt", "time") else ""


def test_documentation_names_files_that_exist():
    missing = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(
            r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()
        ):
            if not (page.parent / target).exists():
                missing.append(f"{page.relative_to(ROOT)}: {target}")
        for path in re.findall(
            r"`((?:src|tests|docs|benchmarks|tools)/[\w./-]+\.\w+)`", page.read_text()
        ):
            if not (ROOT / path).exists():
                missing.append(f"{page.relative_to(ROOT)}: {path}")
    assert missing == []
