/* The catalogue in the form of a document: what is chosen becomes lines, where one is
   writing. The form's other scripts learn of it as of anything that is typed. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const box = $("[data-load]");
  if (!box) return;
  const form = box.closest("form");
  const select = $("select", box);
  const says = $("[data-load-says]", box);
  const TYPED = ["id", "description", "cost", "product"];
  const fresh = (name) => $(`template[data-new="${name}"]`, form).content.firstElementChild.cloneNode(true);
  const blank = (scope, names) => names.every((name) => !$(`[name="${name}"]`, scope)?.value);
  const groups = $('[data-rows="groups"]', form);

  /* where one was writing last, else at the end */
  let near = null;
  form.addEventListener("focusin", (event) => {
    near = event.target.closest(".line-group[data-item]") || near;
  });
  const rowsOf = (group) => $('[data-rows="lines"]', group);
  const here = () => (near?.isConnected ? near : groups.lastElementChild);

  function filled(values) {
    const row = fresh("lines");
    for (const [name, value] of Object.entries(values)) {
      const field = $(`[name="${name}"]`, row);
      if (field) field.value = value;
      if (value && field?.hidden) field.hidden = false;
    }
    return row;
  }

  /* a last line into which nothing was typed makes room */
  function put(rows, lines) {
    const last = rows.lastElementChild;
    if (last && blank(last, TYPED)) last.remove();
    rows.append(...lines);
  }

  function add(found) {
    const lines = found.lines.map(filled);
    if (!found.is_group) put(rowsOf(here()), lines);
    else {
      const group = fresh("groups");
      $('[name="title"]', group).value = found.title;
      const note = $('[name="description"]', group);
      note.value = found.description;
      note.hidden = !found.description;
      rowsOf(group).replaceChildren(...lines);
      const last = groups.lastElementChild;
      const untouched = blank(last, ["id", "title", "description"]) && [...rowsOf(last).children].every((row) => blank(row, TYPED));
      if (untouched) last.replaceWith(group);
      else groups.append(group);
    }
    return lines[0];
  }

  function say(sentence, isError) {
    says.textContent = sentence;
    says.classList.toggle("error", isError);
  }

  select.addEventListener("change", async () => {
    const key = select.value;
    if (!key) return;
    const mode = $('[name="mode"]', form)?.value || "ht";
    try {
      const answer = await fetch(`${box.dataset.load}${key}/lines?mode=${mode}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (found.refused) return say(found.refused, true);
      const first = add(found);
      say(box.dataset.done, false);
      $('[name="quantity"]', first)?.focus();
      $('[name="quantity"]', first)?.select();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      say(box.dataset.failed, true);
    } finally {
      select.value = "";
      $("input", box).value = "";
    }
  });
})();
