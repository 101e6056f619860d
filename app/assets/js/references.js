// Shows as many places for references as are filled, and a button for one more.

const filled = (entry) =>
  [...entry.querySelectorAll("input, textarea")].some((field) => field.value.trim()) ||
  entry.querySelector(".govuk-error-message");

export function startReferences(page) {
  for (const group of page.querySelectorAll("[data-references]")) {
    const entries = [...group.querySelectorAll(".oq-reference-entry")];
    const more = group.querySelector("[data-more]");
    const last = entries.reduce((latest, entry, index) => (filled(entry) ? index : latest), 0);
    entries.forEach((entry, index) => {
      entry.hidden = index > last;
    });
    const next = () => entries.find((entry) => entry.hidden);
    more.hidden = !next();

    more.addEventListener("click", () => {
      const entry = next();
      entry.hidden = false;
      more.hidden = !next();
      entry.querySelector("input").focus();
    });
  }
}
