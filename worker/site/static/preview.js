"use strict";
// A format shows what it makes while it is typed; without this script it does so after it was sent.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const made = form.querySelector("#made");
  const says = form.querySelector("#says");
  let latest = 0;
  form.addEventListener("input", async () => {
    const mine = ++latest;
    const query = new URLSearchParams({ format: form.elements.format.value, next: form.elements.next.value });
    const answer = await fetch(`${form.dataset.preview}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== latest) return;
    const found = await answer.json();
    made.textContent = found.numbers.join(", ");
    const lines = [...found.mistakes.map((text) => [text, ""]), ...found.warnings.map((text) => [text, "warning"])];
    says.replaceChildren(
      ...lines.map(([text, sort]) => {
        const item = document.createElement("li");
        item.textContent = text;
        item.className = sort;
        return item;
      }),
    );
  });
}
