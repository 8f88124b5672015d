"""Lines and groups of an invoice, by keyboard and mouse, in a real browser."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def form(log_in) -> Page:
    """Return the page of a new invoice with three lines: Oak, Pine, Ash."""
    page = log_in("member", forgiven=("ERR_FAILED",))
    page.goto("/invoices/add")
    write(page, 0, "Oak", "100")
    for number, name in enumerate(("Pine", "Ash"), 1):
        field(page, "quantity", number - 1).press("Enter")
        write(page, number, name, f"{number}0")
    return page


def field(page: Page, name: str, number: int):
    return page.locator(f"[data-rows=lines] [name={name}]").nth(number)


def write(page: Page, number: int, description: str, cost: str) -> None:
    field(page, "description", number).fill(description)
    field(page, "cost", number).fill(cost)


def descriptions(page: Page) -> list[str]:
    lines = page.locator("[data-rows=lines] [name=description]")
    return lines.evaluate_all("lines => lines.map((line) => line.value)")


def focused(page: Page) -> tuple[str, str]:
    """Return the name of the control with the focus and what describes its line."""
    return tuple(
        page.evaluate(
            """() => {
                const here = document.activeElement;
                const line = here.closest("[data-item]");
                const words = line?.querySelector("[name=description]")?.value;
                return [here.name || here.dataset.do, words ?? ""];
            }"""
        )
    )


def said(page: Page) -> str:
    return page.locator("form > [data-say]").inner_text()


def test_enter_goes_down_and_adds_a_line_after_the_last(form):
    field(form, "cost", 0).press("Enter")
    assert focused(form) == ("cost", "Pine")

    field(form, "cost", 2).press("Enter")
    assert descriptions(form) == ["Oak", "Pine", "Ash", ""]
    assert focused(form) == ("description", "")
    assert said(form) == "Added."


def test_a_new_line_takes_over_the_rate_of_the_one_before(form):
    rate = field(form, "vat_id", 2)
    rate.select_option(index=1)

    field(form, "cost", 2).press("Enter")

    assert field(form, "vat_id", 3).input_value() == rate.input_value()


def test_alt_and_arrows_move_the_line_and_the_focus_stays_with_it(form):
    field(form, "cost", 0).press("Alt+ArrowDown")
    assert descriptions(form) == ["Pine", "Oak", "Ash"]
    assert focused(form) == ("cost", "Oak")
    assert said(form) == "Moved down."

    form.keyboard.press("Alt+ArrowUp")
    form.keyboard.press("Alt+ArrowUp")
    assert descriptions(form) == ["Oak", "Pine", "Ash"]
    assert focused(form) == ("cost", "Oak")


def test_ctrl_d_duplicates_what_is_typed_not_what_was_stored(form):
    field(form, "description", 1).fill("Pine, planed")

    field(form, "description", 1).press("Control+d")

    assert descriptions(form) == ["Oak", "Pine, planed", "Pine, planed", "Ash"]
    assert focused(form) == ("description", "Pine, planed")
    ids = form.locator("[id]").evaluate_all("found => found.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_removed_line_can_be_put_back(form):
    field(form, "cost", 1).press("Alt+Delete")
    assert descriptions(form) == ["Oak", "Ash"]
    assert focused(form) == ("cost", "Ash")

    form.get_by_role("button", name="Put it back").click()
    assert descriptions(form) == ["Oak", "Pine", "Ash"]
    assert focused(form) == ("description", "Pine")
    assert field(form, "cost", 1).input_value() == "10"


def test_one_line_is_always_left_and_the_last_can_be_put_back_too(form):
    for _line in range(3):
        field(form, "cost", 0).press("Alt+Delete")
    assert descriptions(form) == [""]

    form.get_by_role("button", name="Put it back").click()
    assert descriptions(form) == ["Ash"]


def test_the_mouse_does_the_same(form):
    line = form.locator("[data-rows=lines] > [data-item]").nth(1)
    line.get_by_role("button", name="Move the line up").click()
    assert descriptions(form) == ["Pine", "Oak", "Ash"]
    assert focused(form) == ("up", "Pine")

    line = form.locator("[data-rows=lines] > [data-item]").first
    line.get_by_role("button", name="Duplicate the line").click()
    line.get_by_role("button", name="Remove the line").click()
    assert descriptions(form) == ["Pine", "Oak", "Ash"]


def test_groups_are_added_moved_and_copied_with_their_lines(form):
    form.get_by_role("button", name="Add a group").click()
    form.keyboard.type("Delivery")
    form.keyboard.press("Enter")
    form.keyboard.type("To Eupen")
    assert descriptions(form) == ["Oak", "Pine", "Ash", "To Eupen"]

    second = form.locator("[data-rows=groups] > [data-item]").nth(1)
    second.get_by_role("button", name="Move the group up").click()
    assert descriptions(form) == ["To Eupen", "Oak", "Pine", "Ash"]

    first = form.locator("[data-rows=groups] > [data-item]").first
    first.get_by_role("button", name="Duplicate the group").click()
    assert descriptions(form) == ["To Eupen", "To Eupen", "Oak", "Pine", "Ash"]


def test_totals_follow_and_a_broken_amount_is_left_out(form):
    total = form.locator("[data-total=ht]").first
    expect(total).to_have_text("130.00")

    field(form, "cost", 0).fill("1O0")
    expect(total).to_have_text("30.00")
    expect(form.get_by_text("A line with an error is not counted.")).to_be_visible()
    expect(field(form, "cost", 0)).to_have_attribute("aria-invalid", "true")

    field(form, "cost", 0).fill("1,000.50")
    expect(total).to_have_text("1,030.50")
    expect(form.locator("[data-rows=lines] [data-out]").first).to_have_text("1,000.50")
    expect(form.get_by_text("A line with an error is not counted.")).to_be_hidden()


def test_totals_follow_what_is_moved_and_removed(form):
    field(form, "cost", 0).press("Alt+Delete")

    expect(form.locator("[data-total=ht]").first).to_have_text("30.00")


def test_a_percentage_is_shown_as_what_it_takes_off(form):
    form.get_by_role("button", name="Add a discount").click()
    form.get_by_label("Or per cent of all").fill("10")

    expect(form.locator("[data-rows=discounts] [data-out]")).to_have_text("−13.00")
    expect(form.locator("[data-total=ht]").first).to_have_text("117.00")


def test_totals_that_do_not_come_are_said_to_be_old(form):
    form.route("**/totals", lambda route: route.abort())
    field(form, "cost", 0).fill("7")

    expect(form.get_by_text("The server does not answer")).to_be_visible()


def test_a_customer_is_found_as_one_types(form):
    box = form.get_by_role("combobox", name=re.compile("Customer"))
    box.click()
    box.press("ArrowDown")
    first = form.get_by_role("option").first
    name = first.inner_text().splitlines()[0]
    box.press("Escape")
    expect(form.get_by_role("option").first).to_be_hidden()

    box.fill(name.split()[0].lower())
    expect(form.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    assert box.input_value()
    assert form.locator("select[name=account_id]").input_value()

    box.fill("no such customer anywhere")
    box.press("Tab")
    assert box.input_value() != "no such customer anywhere"


COPY_TO_200 = """() => {
    for (let lines = 3; lines < 200; lines += 1) {
        const rows = document.querySelector("[data-rows=lines]");
        rows.lastElementChild.querySelector("[data-do=copy]").click();
    }
}"""


def test_two_hundred_lines_stay_usable(form):
    form.evaluate(COPY_TO_200)
    assert len(descriptions(form)) == 200

    start = time.monotonic()
    field(form, "cost", 150).fill("")
    field(form, "cost", 150).press_sequentially("1234567890")
    for _move in range(10):
        form.keyboard.press("Alt+ArrowUp")
    spent = time.monotonic() - start

    assert focused(form) == ("cost", "Ash")
    # 100 and 10 at first, 197 times 20, and the line just written
    expect(form.locator("[data-total=ht]").first).to_have_text("1,234,571,940.00")
    assert spent < 20
