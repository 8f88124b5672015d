/* The form of a contact: how it will be called, and of which account a row is.
   Which fields there are follows from the kind by style alone. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft-key]");
  if (!form) return;
  const $$ = (selector) => [...form.querySelectorAll(selector)];
  const field = (name) => form.querySelector(`#${name}`);
  const typed = (...names) => names.map((name) => field(name).value.trim()).filter(Boolean).join(" ");

  const called = document.querySelector("[data-called]");
  function name() {
    const isPerson = ["person", "robot"].includes(field("kind").value);
    const own = isPerson ? typed("first_name", "middle_name", "last_name") : typed("legal_name");
    const text = typed("trading_name") || own;
    called.querySelector("[data-name]").textContent = text;
    called.hidden = !text;
  }

  /* a new account has no id yet: addresses know it by a key of this page */
  let made = 0;
  const stamp = Date.now().toString(36);
  function keys() {
    const seen = new Set();
    return $$("[data-rows=accounts] > [data-item]").map((item) => {
      const part = (wanted) => item.querySelector(`[name="${wanted}"]`);
      const key = part("key");
      if (!key.value || seen.has(key.value)) key.value = `new-${stamp}-${++made}`;
      seen.add(key.value);
      const kind = part("class");
      const word = kind.selectedOptions?.[0].text ?? kind.parentElement.querySelector(".said").textContent;
      return [key.value, `${word} ${part("number").value}`.trim()];
    });
  }
  function accounts() {
    const offered = keys();
    for (const select of $$("select[name=account]")) {
      const present = select.value;
      const own = select.options[0];
      select.replaceChildren(own, ...offered.map(([key, text]) => new Option(text, key)));
      if (present && !offered.some(([key]) => key === present)) select.add(new Option("…", present));
      select.value = present;
    }
  }

  const follow = () => {
    name();
    accounts();
  };
  form.addEventListener("input", follow);
  form.addEventListener("change", follow);
  follow();
})();
