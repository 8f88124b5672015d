/* Lines and groups of a form: added, moved, copied and removed by mouse and keyboard.
   The totals are the server's: this file asks for them and shows the answer. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const FIELDS = "input:not([type=hidden]):not([hidden]), textarea:not([hidden]), select:not([hidden])";
  const ALWAYS = ["groups", "lines"]; /* of these one is always left */
  const itemOf = (element) => element.closest("[data-item]");
  const focusIn = (item) => $(FIELDS, item)?.focus();
  const fresh = (name) => $(`template[data-new="${name}"]`).content.firstElementChild.cloneNode(true);

  function done(near, what) {
    const words = near.closest("[data-say-up]");
    if (!words) return;
    const key = `say${what[0].toUpperCase()}${what.slice(1)}`;
    const says = $("[data-say]", words);
    says.textContent = words.dataset[key]?.replace("{most}", near.dataset.most);
    says.classList.toggle("visually-hidden", what !== "full");
    words.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* the neighbour moves, so that the focus stays where it is */
  function move(item, up) {
    const other = up ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (up) item.after(other);
    else item.before(other);
    item.scrollIntoView({ block: "nearest" });
    done(item, up ? "up" : "down");
  }

  const isFull = (rows) => rows.children.length >= Number(rows.dataset.most || Infinity);

  /* a copy is a new line: no id of its own yet, no errors */
  function copy(item) {
    if (isFull(item.parentElement)) return done(item.parentElement, "full");
    const twin = item.cloneNode(true);
    const values = $$("input, textarea, select", item);
    $$("input, textarea, select", twin).forEach((one, index) => {
      one.value = one.name === "id" ? "" : values[index].value;
      one.checked = values[index].checked;
    });
    clean(twin);
    for (const box of $$(".combo", twin)) {
      const select = $("select", box);
      select.hidden = false;
      select.className = "form-select";
      select.setAttribute("aria-label", $("input", box).getAttribute("aria-label"));
      box.replaceWith(select);
    }
    item.after(twin);
    focusIn(twin);
    done(twin, "copy");
  }
  function clean(scope) {
    for (const one of $$(".error", scope)) one.remove();
    for (const one of $$("[id], [aria-invalid]", scope)) {
      one.classList.remove("is-invalid");
      for (const name of ["id", "aria-invalid", "aria-describedby", "title"]) {
        if (name !== "title" || one.matches("input, select, textarea")) one.removeAttribute(name);
      }
    }
  }

  function add(rows) {
    if (isFull(rows)) return done(rows, "full");
    const last = rows.lastElementChild;
    const row = fresh(rows.dataset.rows);
    if (last && rows.dataset.rows !== "groups") {
      const rate = $("[name=vat_id]", row);
      if (rate) rate.value = $("[name=vat_id]", last).value;
      for (const extra of $$("[data-extra]", row)) extra.hidden = $(`[data-extra=${extra.dataset.extra}]`, last).hidden;
    }
    rows.append(row);
    focusIn(row);
    done(row, "add");
  }

  let gone = null;
  let timer;
  const toast = $("[data-undo]");
  function remove(item) {
    const rows = item.parentElement;
    const index = [...rows.children].indexOf(item);
    const next = item.nextElementSibling || item.previousElementSibling;
    const inside = item.contains(document.activeElement) && document.activeElement;
    item.remove();
    gone = { item, rows, index };
    if (!rows.children.length && ALWAYS.includes(rows.dataset.rows)) {
      rows.append((gone.stand_in = fresh(rows.dataset.rows)));
    }
    const near = next || rows.lastElementChild;
    const same = near && inside && (inside.name ? $(`[name="${inside.name}"]`, near) : $("[data-do=remove]", near));
    if (same && !same.hidden) same.focus();
    else if (near) focusIn(near);
    else $(`[data-do=add][data-to="${rows.dataset.rows}"]`)?.focus();
    done(rows, "remove");
    if (toast) toast.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(forget, 15000);
  }
  function forget() {
    if (toast?.matches(":hover, :focus-within")) return (timer = setTimeout(forget, 5000));
    if (toast) toast.hidden = true;
    gone = null;
  }
  function undo() {
    if (!gone) return;
    const { item, rows, index, stand_in: standIn } = gone;
    standIn?.remove();
    rows.insertBefore(item, rows.children[index] || null);
    focusIn(item);
    done(item, "undo");
    toast.hidden = true;
    gone = null;
  }

  function reveal(scope, what, toggle) {
    const extras = $$(`[data-extra=${what}]`, scope);
    const hide = toggle && extras.some((one) => !one.hidden && !one.value);
    for (const one of extras) one.hidden = hide && !one.value;
    if (!hide) extras[0]?.focus();
  }

  const DO = {
    up: (button) => move(itemOf(button), true),
    down: (button) => move(itemOf(button), false),
    copy: (button) => copy(itemOf(button)),
    remove: (button) => remove(itemOf(button)),
    add: (button) => add($(`[data-rows="${button.dataset.to}"]`, button.closest("fieldset, section"))),
    note: (button) => reveal(itemOf(button), "note"),
    product: (button) => reveal(button.closest("form"), "product", true),
    undo,
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) DO[button.dataset.do](button);
  });

  function downOrAdd(field, item) {
    const rows = item.parentElement;
    if (rows.dataset.rows === "groups") return focusIn($("[data-rows]", item));
    const next = item.nextElementSibling;
    if (next && field.name) $(`[name="${field.name}"]`, next).focus();
    else if (next) focusIn(next);
    else add(rows);
  }
  document.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-item]");
    if (!item || event.isComposing || event.defaultPrevented) return;
    const { key, altKey, ctrlKey, metaKey } = event;
    const field = event.target;
    let run;
    if (altKey && key === "ArrowUp") run = () => move(item, true);
    else if (altKey && key === "ArrowDown") run = () => move(item, false);
    else if (altKey && key === "Delete") run = () => remove(item);
    else if (ctrlKey && key.toLowerCase() === "d") run = () => copy(item);
    else if (key === "Enter" && !ctrlKey && !metaKey && field.matches("input, select") && !item.matches("[data-card]")) run = () => downOrAdd(field, item);
    if (!run) return;
    event.preventDefault();
    run();
  });

  /* ── totals ── */
  const form = $("form[data-totals-url]");
  if (!form) return;
  const COUNTED = new Set([
    ..."__start__ __end__ cost quantity vat_id amount percent mode expenses_ht expenses_vat_id".split(" "),
  ]);
  const write = (outs, texts) =>
    outs.forEach((out, index) => {
      if (out.textContent !== texts[index]) out.textContent = texts[index] ?? "";
    });
  const outs = (name) => $$(`[data-rows="${name}"] > [data-item] > [data-out]`, form);

  function fieldAt(path) {
    const parts = path.split(".");
    let scope = form;
    while (scope && parts.length > 1) scope = $(`[data-rows="${parts.shift()}"]`, scope)?.children[parts.shift()];
    return scope && $(`[name="${parts[0]}"]`, scope);
  }
  function show(answer) {
    write(outs("lines"), answer.lines);
    write(outs("discounts"), answer.discounts);
    write($$("[data-group-total]", form), answer.groups);
    for (const out of $$("[data-total]", form)) write([out], [answer[out.dataset.total]]);
    const rates = $("[data-rates]", form);
    rates.replaceChildren(
      ...answer.rates.flatMap(({ label, tva }) => {
        const term = document.createElement("dt");
        const figure = document.createElement("dd");
        term.textContent = rates.dataset.label.replace("{rate}", label);
        figure.textContent = tva;
        return [term, figure];
      }),
    );
    $("[data-after-tax]", form).hidden = !answer.post_tax;
    for (const one of $$("[data-live]", form)) {
      one.classList.remove("is-invalid");
      for (const name of ["data-live", "aria-invalid", "title"]) one.removeAttribute(name);
    }
    for (const [path, sentence] of Object.entries(answer.errors)) {
      const field = fieldAt(path);
      if (!field) continue;
      field.classList.add("is-invalid");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("data-live", "");
      field.title = sentence;
    }
    $("[data-skip]", form).hidden = !Object.keys(answer.errors).length;
  }

  let soon;
  let running = null;
  async function ask() {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams([...new FormData(form)].filter(([name]) => COUNTED.has(name)));
    /* not form.elements: a field may be called so */
    const token = $("[name=csrf_token]", form).value;
    const headers = { "X-CSRF-Token": token, Accept: "application/json" };
    try {
      const { signal } = running;
      const answer = await fetch(form.dataset.totalsUrl, { method: "POST", body, headers, signal });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
      $("[data-offline]", form).hidden = true;
    } catch (error) {
      if (error.name !== "AbortError") $("[data-offline]", form).hidden = false;
    }
  }
  const later = (event) => {
    const name = event.target.getAttribute("name"); /* form.name is its field "name" */
    if (name && !COUNTED.has(name)) return;
    clearTimeout(soon);
    soon = setTimeout(ask, 250);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
})();
