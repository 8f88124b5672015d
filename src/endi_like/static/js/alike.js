/* While a contact is typed: who in the directory may be the same. The server decides,
   and asks again on saving; nothing is shown here that it does not answer. */
(() => {
  "use strict";
  const PAUSE = 400;
  const notice = document.querySelector("[data-alike]");
  const form = notice?.closest("form");
  if (!form) return;
  const list = notice.querySelector("ul");
  const value = (name) => form.querySelector(`#${name}`)?.value.trim() ?? "";
  const parts = (rows, name) =>
    [...form.querySelectorAll(`[data-rows=${rows}] > [data-item]`)].map((item) => (wanted) =>
      item.querySelector(`[name="${wanted}"]`)?.value.trim() ?? "").filter((part) => part(name));
  const reached = (kind) =>
    parts("elements", "value").filter((part) => part("kind") === kind).map((part) => part("value"));

  function query() {
    const asked = new URLSearchParams();
    const add = (name, text) => text && asked.set(name, text);
    for (const name of ["first_name", "last_name", "trading_name", "legal_name", "vat_number", "tax_id"]) {
      add(name, value(name));
    }
    add("city", parts("addresses", "city").find((part) => !part("account"))?.("city"));
    add("email", reached("email").join(";"));
    add("phone", reached("phone").join(";"));
    add("iban", parts("bank_accounts", "iban").map((part) => part("iban")).join(";"));
    if (![...asked].length) return "";
    asked.set("kind", value("kind"));
    if (form.querySelector("#confidential")?.checked) asked.set("confidential", "true");
    add("but", notice.dataset.but);
    return asked.toString();
  }

  function line(one) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    Object.assign(link, { href: one.url, target: "_blank", rel: "noopener" });
    link.textContent = [one.name, one.control_code, one.city].filter(Boolean).join(", ");
    const why = document.createElement("span");
    why.className = "quiet";
    why.textContent = ` ${one.why.join(" ")}`;
    item.append(link, why);
    return item;
  }

  let last = query();
  let waiting;
  async function ask() {
    const asked = query();
    if (asked === last) return;
    last = asked;
    let found = [];
    try {
      const answer = asked && (await fetch(`${notice.dataset.alike}?${asked}`, { headers: { Accept: "application/json" } }));
      if (answer) found = answer.ok ? await answer.json() : [];
    } catch { /* away: it is asked again on saving */ }
    if (asked !== last) return;
    list.replaceChildren(...found.map(line));
    notice.hidden = !found.length;
  }
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
})();
