/* What was typed stays on this computer until the server has it: for a day, per form
   and user, without passwords or files. It outlives a lost session and a server error. */
(() => {
  "use strict";
  const PREFIX = "endi-draft:";
  const DAY = 24 * 60 * 60 * 1000;
  const UNKEPT = new Set(["csrf_token", "version", "action"]);
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* a browser may refuse to keep anything; the form works all the same */
  const kept = (key) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null;
    }
  };
  const keep = (key, draft) => {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    } catch { /* full or forbidden */ }
  };
  const drop = (key) => {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch { /* forbidden */ }
  };
  try {
    for (const name of Object.keys(localStorage)) {
      const key = name.slice(PREFIX.length);
      if (name.startsWith(PREFIX) && !(kept(key)?.at > Date.now() - DAY)) drop(key);
    }
  } catch { /* forbidden */ }
  if (document.body.dataset.savedForm) drop(document.body.dataset.savedForm);

  const form = $("form[data-draft-key]");
  if (!form?.dataset.draftKey) return;
  const key = form.dataset.draftKey;
  const version = $("[name=version]", form);
  const offer = $("[data-draft-offer]");

  const entries = () => {
    const secret = new Set($$("input[type=password]", form).map((one) => one.name));
    const wanted = ([name, value]) => typeof value === "string" && !UNKEPT.has(name) && !secret.has(name);
    return [...new FormData(form)].filter(wanted);
  };
  const labels = () =>
    Object.fromEntries($$("select", form).map((one) => [`${one.name}=${one.value}`, one.selectedOptions[0]?.text]));

  /* the pairs tell the structure, as they do on the server */
  function tree(pairs) {
    const open = [{ values: {} }];
    const put = (name, value) => {
      const { values } = open.at(-1);
      if (Array.isArray(values)) values.push(value);
      else values[name] = value;
    };
    for (const [name, value] of pairs) {
      if (name === "__start__") {
        const [, part, kind] = /^(.*):(\w+)$/.exec(value);
        open.push({ part, values: kind === "sequence" ? [] : {} });
      } else if (name === "__end__") {
        const { part, values } = open.pop();
        put(part, values);
      } else put(name, value);
    }
    return open[0].values;
  }

  function fill(scope, values, names = {}) {
    const here = (one) => (one.parentElement.closest("[data-item]") || form) === scope;
    for (const one of $$("input, textarea, select", scope)) {
      if (!one.name || one.name.startsWith("__") || UNKEPT.has(one.name) || !here(one)) continue;
      const value = values[one.name];
      if (one.type === "checkbox") one.checked = Array.isArray(value) ? value.includes(one.value) : value === one.value;
      else if (one.type === "radio") one.checked = value === one.value;
      else if (typeof value === "string" && one.type !== "password") {
        const label = names[`${one.name}=${value}`];
        if (label && value && ![...one.options].some((option) => option.value === value))
          one.add(new Option(label, value));
        one.value = value;
        if (one.dataset.extra && value) one.hidden = false;
        if (one.dataset.combobox !== undefined) one.dispatchEvent(new Event("change"));
      }
    }
    for (const rows of $$("[data-rows]", scope)) {
      if (!here(rows) || !Array.isArray(values[rows.dataset.rows])) continue;
      const fresh = $(`template[data-new="${rows.dataset.rows}"]`).content.firstElementChild;
      rows.replaceChildren(
        ...values[rows.dataset.rows].map((part) => {
          const row = fresh.cloneNode(true);
          fill(row, part, names);
          return row;
        }),
      );
    }
  }

  const opened = JSON.stringify(entries());
  const unsaved = Boolean($("[data-errors], [data-conflict]"));
  let dirty = false;
  let leaving = false;
  let timer;
  const save = () => {
    clearTimeout(timer);
    timer = null;
    keep(key, { at: Date.now(), version: version?.value, entries: entries(), labels: labels() });
  };
  const warn = () => {
    dirty = true;
    const note = $("[data-dirty]", form);
    if (note) note.textContent = note.dataset.text;
  };
  const changed = () => {
    warn();
    timer ||= setTimeout(save, 400);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (dirty) save();
    leaving = true;
  });
  addEventListener("pagehide", () => timer && save());
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });

  const draft = kept(key);
  if (unsaved) {
    warn();
    save();
  } else if (draft && offer && JSON.stringify(draft.entries) !== opened) {
    const said = $("[data-text]", offer);
    const how = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
    const when = new Date(draft.at).toLocaleString(document.documentElement.lang, how);
    said.textContent = said.dataset.text.replace("{when}", when);
    $("[data-draft-older]", offer).hidden = !version || draft.version === version.value;
    offer.hidden = false;
    offer.addEventListener("click", (event) => {
      const answer = event.target.closest("[data-draft]")?.dataset.draft;
      if (!answer) return;
      offer.hidden = true;
      if (answer === "drop") return drop(key);
      fill(form, tree(draft.entries), draft.labels);
      if (version) version.value = draft.version;
      form.dispatchEvent(new Event("input", { bubbles: true }));
      $("input:not([type=hidden]), select", form)?.focus();
    });
  }
})();
