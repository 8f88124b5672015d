/* Forms: one submission per click, the main button by keyboard, errors in sight, and
   search as you type. Every form works without it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);

  /* ── one click, one submission; the button's own value still goes with it ── */
  const ready = (form, yes) => {
    form.toggleAttribute("data-sent", !yes);
    /* not form.elements: a field may be called so */
    for (const one of document.querySelectorAll("button:not([type=button])")) {
      if (one.form === form) one.disabled = !yes;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.hasAttribute("data-sent")) return event.preventDefault();
    setTimeout(() => ready(form, false));
    setTimeout(() => ready(form, true), 15000); /* what was sent was a download */
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-sent]")) ready(form, true);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const dialog = event.target.closest("dialog[open]");
    const near = dialog || event.target.closest("form:has([data-main])") || document;
    const main = $("[data-main]", near) || (dialog && $(".end .btn:last-child", dialog));
    if (!main) return;
    event.preventDefault();
    main.click();
  });

  /* ── errors: the list first, then each field it names ── */
  $("[data-errors]")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-errors] a");
    if (link) setTimeout(() => document.getElementById(link.hash.slice(1))?.focus());
  });

  /* the sentence about how many were found */
  function counted(words, number) {
    if (!number) return words.none;
    return (number === 1 ? words.foundOne : words.found).replace("{n}", number);
  }

  /* ── search as you type: the select stays, unseen, and holds the value ── */
  function combobox(select, number) {
    const url = select.dataset.combobox;
    const along = select.dataset.along?.split(" ");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const status = document.createElement("span");
    const box = document.createElement("span");
    const id = `found-${number}`;
    const offered = [...select.options].filter((option) => option.value);
    const first = offered.map((option) => ({ id: option.value, label: option.text }));
    const hadFocus = document.activeElement === select;
    let shown = [];
    let at = -1;
    let asked = 0;
    let timer;

    for (const name of ["id", "class", "required", "aria-invalid", "aria-describedby", "aria-label"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
      select.removeAttribute(name);
    }
    const set = (element, values) => {
      for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    };
    input.classList.replace("form-select", "form-control");
    set(input, { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", autocomplete: "off" });
    set(list, { id, role: "listbox", class: "combo-list" });
    set(status, { role: "status", class: "visually-hidden" });
    box.className = "combo";
    list.hidden = select.hidden = true;
    select.before(box);
    box.append(input, list, status, select);
    if (hadFocus) input.focus();
    list.setAttribute("aria-label", $(`label[for="${CSS.escape(input.id)}"]`)?.textContent || input.getAttribute("aria-label") || select.name);

    const chosen = () => (select.value ? select.selectedOptions[0].text : "");
    const close = () => {
      list.hidden = true;
      at = -1;
      set(input, { "aria-expanded": "false" });
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (to) => {
      at = (to + shown.length) % shown.length;
      [...list.children].forEach((row, index) => row.setAttribute("aria-selected", index === at));
      set(input, { "aria-activedescendant": `${id}-${at}` });
      list.children[at].scrollIntoView({ block: "nearest" });
    };
    const open = (found) => {
      shown = found;
      at = -1;
      list.replaceChildren(
        ...found.map(({ label, hint }, index) => {
          const row = document.createElement("li");
          set(row, { role: "option", id: `${id}-${index}`, "aria-selected": "false" });
          row.append(label);
          if (hint) row.append(Object.assign(document.createElement("small"), { textContent: hint }));
          return row;
        }),
      );
      list.hidden = !found.length;
      set(input, { "aria-expanded": String(!list.hidden) });
      status.textContent = counted(select.dataset, found.length);
    };
    const pick = (index) => {
      const { id: value, label } = shown[index];
      if (![...select.options].some((option) => option.value === String(value))) select.add(new Option(label, value));
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      close();
    };
    const search = async () => {
      const text = input.value.trim();
      const mine = ++asked;
      const near = first.filter((one) => one.label.toLowerCase().includes(text.toLowerCase()));
      if (!text || !url) return open(near);
      try {
        const address = new URL(url, location);
        address.searchParams.set("q", text);
        const beside = along && select.form.querySelector(`[name="${along[1]}"]`)?.value;
        if (beside) address.searchParams.set(along[0], beside);
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.json() : near;
        if (mine === asked && document.activeElement === input) open(found);
      } catch {
        open(near);
      }
    };

    select.addEventListener("change", () => {
      input.value = chosen();
    });
    input.value = chosen();
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(search, 150);
    });
    input.addEventListener("blur", () => {
      close();
      asked += 1;
      if (!input.value.trim() && select.value) {
        select.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      input.value = chosen();
    });
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !event.altKey) {
        event.preventDefault();
        if (list.hidden) search();
        else mark(at < 0 && step < 0 ? -1 : at + step);
      } else if (event.key === "Enter" && !list.hidden && !event.ctrlKey) {
        event.preventDefault();
        pick(Math.max(at, 0));
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        input.value = chosen();
        close();
      }
    });
    /* the mouse must not take the focus away, or the list is gone before the click */
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row) pick([...list.children].indexOf(row));
    });
  }
  /* also in rows that are added later */
  let boxes = 0;
  const equip = (scope) => {
    for (const one of scope.querySelectorAll("select[data-combobox]:not([hidden])")) combobox(one, boxes++);
  };
  equip(document);
  for (const rows of document.querySelectorAll("[data-rows]")) {
    new MutationObserver((changes) => {
      for (const change of changes) for (const one of change.addedNodes) if (one.querySelectorAll) equip(one);
    }).observe(rows, { childList: true });
  }
})();
