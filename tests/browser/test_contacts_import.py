"""Contacts from a file: sent, its columns named, looked at, imported, told."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.test_pages import on_every_screen, on_one_database

HEAD = "Nom;Prénom;Courriel;Ville;Truc"


@on_one_database
@on_every_screen
def test_a_file_of_contacts_goes_all_the_way(log_in, screen):
    page = log_in("manager", **screen)
    family = f"Éon{screen['viewport']['width']}"
    right = f"{family};Zoé;zoe@eon.example;Châteaulin;02 98 86 10 05"
    wrong = f"{family};Roy;no mailbox at all;;"
    send(page, f"{HEAD}\r\n{right}\r\n{wrong}\r\n".encode("cp1252"))

    columns = page.get_by_role("region", name="Table of the columns")
    expect(chosen(columns, "Nom")).to_have_text("Last name")
    expect(chosen(columns, "Courriel")).to_have_text("E-mail")
    expect(chosen(columns, "Truc")).to_have_text("Not imported")
    expect(columns).to_contain_text("02 98 86 10 05")
    first, second = lines(page)
    expect(first).to_contain_text("Goes in")
    expect(second).to_contain_text("Refused")
    expect(second).to_contain_text("“no mailbox at all” is no e-mail address.")
    assert faults(page) == []

    columns.get_by_label("Truc").select_option(label="Last name")
    page.get_by_role("button", name="Look again").click()
    expect(
        page.get_by_text("Two columns are chosen as “Last name”.").first
    ).to_be_visible()
    assert faults(page) == []
    columns.get_by_label("Truc").select_option(label="Telephone")
    page.get_by_role("button", name="Look again").click()
    expect(chosen(columns, "Truc")).to_have_text("Telephone")
    page.get_by_role("button", name="Import", exact=True).click()

    told = page.get_by_text("Some lines were refused; the rest is imported.").first
    expect(told).to_be_visible(timeout=30_000)
    assert faults(page) == []
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Refused lines, with the reasons").click()
    kept = fetched.value.path().read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in kept[1:]] == [[family, "Roy"]]

    page.get_by_role("link", name="See the contacts").click()
    page.goto(f"/contacts?name={family}")
    found = page.locator("tbody tr").filter(has_text=f"Zoé {family}")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Châteaulin")
    expect(found).to_contain_text("02 98 86 10 05")


def send(page, content):
    page.goto("/contacts/")
    page.get_by_role("link", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import contacts")
    assert faults(page) == []
    file = {"name": "mes contacts.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Send").click()


def chosen(columns, name):
    return columns.get_by_label(name, exact=True).locator("option:checked")


def lines(page):
    shown = page.get_by_role("region", name="Table of the first lines")
    expect(shown.locator("tbody tr")).to_have_count(2)
    return shown.locator("tbody tr").all()
