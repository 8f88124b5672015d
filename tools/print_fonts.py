"""Cut the fonts of printed documents out of the variable Inter the pages use.

The PDF engine would otherwise cut them anew in every document, which takes longer than
all the rest of it.  Digits are all as wide here, for columns of amounts: when a style
asks the engine for that, it loses some memory with each text it sets.

Run ``.venv/bin/python tools/print_fonts.py`` after a new Inter.
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
DIGITS = "0123456789"


def cut(part: str, weight: int, folder: Path) -> str:
    """Write one weight of one alphabet as a plain font; return where."""
    font = instantiateVariableFont(
        TTFont(FONTS / part), {"opsz": SMALL_TEXT, "wght": weight}
    )
    font.flavor = None
    path = folder / f"{weight}-{part}.ttf"
    font.save(path)
    return str(path)


def level_digits(font: TTFont) -> None:
    """Have every digit be its own variant of equal width (``one.tf`` for ``one``)."""
    for table in font["cmap"].tables:
        for digit in map(ord, DIGITS):
            if table.isUnicode() and digit in table.cmap:
                table.cmap[digit] += ".tf"


def main() -> int:
    """Write a font for each weight, both alphabets in one file."""
    with TemporaryDirectory() as folder:
        for weight in WEIGHTS:
            merged = Merger().merge([cut(part, weight, Path(folder)) for part in PARTS])
            level_digits(merged)
            merged.flavor = "woff2"
            merged.save(FONTS / f"inter-print-{weight}.woff2")
    return 0


if __name__ == "__main__":
    sys.exit(main())
