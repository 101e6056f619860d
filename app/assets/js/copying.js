// Buttons that copy a field's text. Without script the field can be selected and copied by hand.

export function startCopying(page) {
  for (const button of page.querySelectorAll("[data-copy]")) {
    const field = page.getElementById(button.dataset.copy);
    if (!field) continue;

    const said = page.createElement("span");
    said.setAttribute("role", "status");
    button.after(said);
    button.hidden = false;

    button.addEventListener("click", async () => {
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(field.value ?? field.textContent.trim());
        said.textContent = "Copied.";
      } catch {
        field.focus();
        field.select?.();
        said.textContent = "Press Ctrl and C (on a Mac, Command and C) to copy.";
      }
    });
  }
}
