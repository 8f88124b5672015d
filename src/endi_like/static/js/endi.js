/* The shell of every page: menus, dialogs, messages, ticked rows, shortcuts.
   No library, no inline handlers; every page works without it. Forms have form.js. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* ── menus and dialogs ── */
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-open]");
    if (open) document.getElementById(open.dataset.open)?.showModal();
    const close = event.target.closest("[data-close]");
    if (close) close.closest(".toast-line, .notice, dialog")?.remove();
    for (const menu of $$("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* A question that unfolds without script is asked in a dialog with it. */
  for (const fold of $$("details[data-ask]")) {
    const dialog = document.createElement("dialog");
    const form = $("form", fold);
    dialog.setAttribute("aria-labelledby", fold.dataset.ask);
    dialog.append(form);
    document.body.append(dialog);
    fold.addEventListener("toggle", () => {
      fold.open = false;
    });
    $("summary", fold).addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    $("[data-leave]", form)?.addEventListener("click", () => dialog.close());
  }

  /* ── messages that go away by themselves, unless somebody is reading them ── */
  for (const toast of $$(".toast-line")) {
    setTimeout(() => {
      if (!toast.matches(":hover, :focus-within")) toast.remove();
    }, 10000);
  }

  /* ── filters start folded on a phone ── */
  if (matchMedia("(max-width: 36rem)").matches) {
    for (const fold of $$("details.fold, details[data-fold-phone]")) fold.open = false;
  }

  /* ── bulk bar: counts the ticked rows, Shift ticks a range ── */
  for (const form of $$("[data-bulk]")) {
    const boxes = $$("tbody .tick input", form);
    const all = $("[data-all]", form);
    const bar = $(".bulk", form);
    if (!bar || !boxes.length) continue;
    let last = null;
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      $("[data-count]", bar).textContent = ticked;
      bar.hidden = !ticked;
      if (!all) return;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all?.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      show();
    });
    boxes.forEach((box, index) => {
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last !== null) {
          const range = boxes.slice(Math.min(index, last), Math.max(index, last) + 1);
          for (const one of range) one.checked = box.checked;
        }
        last = index;
        show();
      });
    });
    show();
  }

  /* ── conflict page: one button answers every field ── */
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]")?.dataset.pick;
    if (!pick) return;
    for (const radio of $$(`input[type=radio][value=${pick}]`)) radio.checked = true;
  });

  /* ── shortcuts: single letters only outside fields ── */
  const rows = () => $$("[data-rows] tbody tr").filter((row) => $("a.rec", row));
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));
  let at = -1;
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const from = here() === -1 ? at : here();
    at = Math.max(0, Math.min(all.length - 1, from + by));
    $("a.rec", all[at]).focus();
  };
  const press = (selector) => $(selector)?.click();
  const KEYS = {
    "?": () => $("#keys")?.showModal(),
    "/": () => $(".filters input, .filters select, #find")?.focus(),
    "[": () => press('[data-neigh="["]'),
    "]": () => press('[data-neigh="]"]'),
    e: () => press("[data-edit]"),
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const row = rows()[here() === -1 ? at : here()];
      if (row) $(".tick input", row)?.click();
    },
  };
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "k" && $("#find")) {
      event.preventDefault();
      $("#find").focus();
      $("#find").select();
    }
    if (event.key === "Escape") {
      for (const menu of $$("details.menu[open]")) {
        menu.open = false;
        $("summary", menu).focus();
      }
    }
    if (control || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, dialog[open]")) return;
    const run = KEYS[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
})();
