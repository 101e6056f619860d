// Buttons that print the page. Without script the browser's own menu prints it.

export function startPrinting(page) {
  for (const button of page.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
