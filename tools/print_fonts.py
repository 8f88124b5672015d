"""Cut the fonts of printed documents out of the variable Inter the pages use.

The PDF engine would otherwise cut them anew in every document, which takes longer than
all the rest of it.  Run ``.venv/bin/python tools/print_fonts.py`` after a new Inter.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parent.parent / "src/endi_like/static/fonts"
PARTS = ("inter-latin-opsz-normal.woff2", "inter-latin-ext-opsz-normal.woff2")
WEIGHTS = (400, 500, 600, 700)
SMALL_TEXT = 14


def cut(part: str, weight: int, folder: Path) -> str:
    """Write one weight of one alphabet as a plain font; return where."""
    font = instantiateVariableFont(
        TTFont(FONTS / part), {"opsz": SMALL_TEXT, "wght": weight}
    )
    font.flavor = None
    path = folder / f"{weight}-{part}.ttf"
    font.save(path)
    return str(path)


def main() -> int:
    """Write a font for each weight, both alphabets in one file."""
    with TemporaryDirectory() as folder:
        for weight in WEIGHTS:
            merged = Merger().merge([cut(part, weight, Path(folder)) for part in PARTS])
            merged.flavor = "woff2"
            merged.save(FONTS / f"inter-print-{weight}.woff2")
    return 0


if __name__ == "__main__":
    sys.exit(main())
