"use strict";

// Everything works without this file; it saves page loads.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Menus: open on wide screens, and one at a time.
const wide = window.matchMedia("(min-width: 62rem)");
const menu = document.querySelector("details.menu");
const fit = () => { if (menu) menu.open = wide.matches; };
fit();
wide.addEventListener("change", fit);
document.addEventListener("click", (event) => {
  for (const details of all("details.me[open]")) if (!details.contains(event.target)) details.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of all("details.me[open]")) { details.open = false; details.querySelector("summary").focus(); }
});

// A selection: the whole page, or all that match.
for (const form of all("form[data-choose]")) {
  const page = form.querySelector("[data-all]");
  const matching = form.querySelector("[data-matching]");
  const told = form.querySelector("[data-chosen]");
  const boxes = all('input[name="ids"]', form);
  if (!page) continue;
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    told.textContent = matching.checked || !chosen ? "" : String(chosen);
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const box of [...boxes, page]) box.disabled = matching.checked;
  };
  page.addEventListener("change", () => { for (const box of boxes) box.checked = page.checked; tell(); });
  form.addEventListener("change", (event) => { if (event.target !== page) tell(); });
  tell();
}

// The confirmation as a dialog instead of a page of its own.
for (const form of all("form[data-confirm]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    let page;
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      form.submit();
      return;
    }
    show(page.querySelector("[data-dialog]") || page.querySelector("main > *"), event.submitter);
  });
}

function show(part, opener) {
  const dialog = document.createElement("dialog");
  const heading = part.querySelector("h1");
  heading.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(document.adoptNode(part));
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); opener?.focus(); });
  for (const link of all("[data-close]", dialog)) {
    link.addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  }
  dialog.showModal();
}

// How a resync goes on.
for (const note of all("[data-progress][data-going]")) {
  const bar = note.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(note.dataset.progress, { credentials: "same-origin" });
      if (!answer.ok) return;
      const found = await answer.json();
      note.querySelector("[data-told]").textContent = found.told;
      if (bar) { bar.max = found.of; bar.value = found.done; bar.hidden = !found.going; }
      if (!found.going) return;
    } catch { /* the service restarts, perhaps: the next look tells */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
}

// Customers are searched while somebody types.
for (const field of all("input[data-search]")) {
  const picks = document.getElementById(field.getAttribute("aria-controls"));
  const search = async (asked) => {
    const answer = await fetch(`${field.dataset.search}?part=1&q=${encodeURIComponent(asked)}`);
    if (answer.redirected) { window.location.reload(); return; }  // the session is over
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (asked === field.value.trim()) picks.replaceChildren(...(answer.ok ? page.body.childNodes : []));
  };
  let timer;
  const later = () => { clearTimeout(timer); timer = setTimeout(() => search(field.value.trim()).catch(() => {}), 300); };
  field.addEventListener("input", later);
  field.form.addEventListener("submit", (event) => { event.preventDefault(); later(); });
}

// A number is looked up while it is typed.
for (const field of all("input[data-check]")) {
  const told = document.getElementById(field.getAttribute("aria-describedby"));
  let timer, last = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++last;
      const number = field.value.trim();
      if (!number) { told.textContent = ""; return; }
      try {
        const answer = await fetch(`${field.dataset.check}?number=${encodeURIComponent(number)}`);
        const found = await answer.json();
        if (mine !== last) return;
        told.textContent = found.message;
        told.classList.toggle("bad", found.available === false);
      } catch { told.textContent = ""; }
    }, 400);
  });
}
