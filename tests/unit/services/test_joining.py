"""Many PDFs become one that holds all their pages, whatever their number."""

import gc
import tracemalloc
from io import BytesIO
from tempfile import TemporaryFile

import pytest
from pypdf import PdfReader

from endi_like.services.joining import Joined
from endi_like.services.printing import render_pdf

TWO_PAGES = """<html><body><h1>Été</h1><a href="https://shop.example/">Shop</a>
<p style="break-before: page">Behind</p></body></html>"""


@pytest.fixture(scope="module")
def two_pages():
    return render_pdf(TWO_PAGES)


@pytest.fixture(scope="module")
def one_page():
    return render_pdf("<html><body><p>Winter</p></body></html>")


def joined(*parts, key="a"):
    target = BytesIO()
    one = Joined(target, key)
    for part in parts:
        one.add(part)
    one.close()
    return PdfReader(target, strict=True)


def test_all_pages_come_in_order_with_their_text(two_pages, one_page):
    reader = joined(two_pages, one_page, two_pages)

    found = [page.extract_text().split("\n")[0] for page in reader.pages]
    assert found == ["Été", "Behind", "Winter", "Été", "Behind"]


def test_links_fonts_and_sizes_are_brought_along(two_pages, one_page):
    reader = joined(one_page, two_pages)

    page = reader.pages[1]
    (link,) = page["/Annots"]
    assert link.get_object()["/A"]["/URI"] == "https://shop.example/"
    fonts = page["/Resources"]["/Font"]
    assert all(font.get_object()["/Type"] == "/Font" for font in fonts.values())
    assert page.mediabox == PdfReader(BytesIO(two_pages)).pages[0].mediabox


def test_what_was_joined_can_be_joined_again(two_pages, one_page):
    first = joined(two_pages, one_page).stream.getvalue()

    assert len(joined(first, one_page).pages) == 4


def test_the_same_pages_asked_for_twice_are_two_files(one_page):
    files = [joined(one_page, key=key).stream.getvalue() for key in "aba"]

    assert files[0] == files[2] != files[1]


def test_none_at_all_is_a_pdf_without_pages():
    assert len(joined().pages) == 0


def test_memory_does_not_hold_what_is_written(two_pages):
    """Beside a PDF at a time there are only the places of the objects."""
    with TemporaryFile() as target:
        one = Joined(target, "Many")
        one.add(two_pages)
        tracemalloc.start()
        for _time in range(60):
            one.add(two_pages)
            gc.collect()  # what a PDF leaves behind points at itself
        one.close()
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert target.tell() > 60 * len(two_pages) * 0.8
    assert most < 1_500_000
