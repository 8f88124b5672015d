/* Files of a record: dropped, pasted or chosen, each sent by itself with its progress.
   Without it the form sends them all at once. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const form = $("[data-drop]");
  if (!form) return;
  const input = $("input[type=file]", form);
  const about = $("[name=description]", form);
  const account = $("[name=account_id]", form);
  const list = $("[data-sending]", form);
  const words = form.dataset;
  const named = (sentence, name) => sentence.replace("{name}", () => name);

  /* a line says what becomes of one file */
  function line(name) {
    const row = document.createElement("li");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    row.append(name, bar);
    list.append(row);
    return {
      at: (share) => {
        bar.value = share;
      },
      good: (text) => row.replaceChildren(text),
      bad: (sentences) =>
        row.replaceChildren(
          ...sentences.map((text) => {
            const error = document.createElement("p");
            error.className = "error";
            error.textContent = text;
            return error;
          }),
        ),
    };
  }

  function send(file, name) {
    const shown = line(name);
    if (file.size > Number(words.most) * 1000000) {
      shown.bad([named(words.tooLarge, name)]);
      return Promise.resolve(false);
    }
    const body = new FormData();
    /* not form.elements: a field may be called so */
    body.append("csrf_token", $("[name=csrf_token]", form).value);
    body.append("description", about.value);
    if (account) body.append("account_id", account.value);
    body.append("file", file, name);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const end = (worked, tell) => {
        tell();
        done(worked);
      };
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) shown.at(event.loaded / event.total);
      });
      request.addEventListener("load", () => {
        if (request.status === 201) return end(true, () => shown.good(named(words.attached, name)));
        const reasons = request.response?.reasons || [named(words.lost, name)];
        end(false, () => shown.bad(reasons));
      });
      for (const trouble of ["error", "abort", "timeout"]) {
        request.addEventListener(trouble, () => end(false, () => shown.bad([named(words.lost, name)])));
      }
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.send(body);
    });
  }

  /* what the page shows of the files and of the past is fetched anew */
  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["#files-kept", "[data-past]"]) {
      const [old, now] = [$(part), $(part, fresh)];
      if (old && now) old.replaceWith(now);
    }
  }

  async function sendAll(files, naming = (file) => file.name) {
    list.replaceChildren();
    let worked = false;
    for (const file of files) worked = (await send(file, naming(file))) || worked;
    input.value = "";
    if (!worked) return;
    about.value = "";
    await refresh();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll([...input.files]);
  });

  /* ── dropped anywhere on the box ── */
  const box = form.closest("[data-files]");
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  box.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    box.classList.add("over");
  });
  for (const gone of ["dragleave", "drop"]) {
    box.addEventListener(gone, (event) => {
      if (gone === "drop" || !box.contains(event.relatedTarget)) box.classList.remove("over");
    });
  }
  box.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  });

  /* ── pasted: a screenshot is called by its moment, so that it replaces no other ── */
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    const two = (number) => String(number).padStart(2, "0");
    const now = new Date();
    const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
    sendAll(files, (file) =>
      file.name === "image.png" ? `${words.pasted} ${day} ${time}.png` : file.name,
    );
  });
  $("[data-hint]", form).hidden = false;
})();
