// Leaving quickly: the page goes blank at once, and Back does not lead to it.

const PRESSES = 3;
const WITHIN = 2000;

export function startLeaving(page) {
  const link = page.querySelector("[data-leave]");
  if (!link) return;

  const leave = () => {
    page.documentElement.classList.add("oq-gone");
    page.title = "…";
    window.location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let presses = [];
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    const now = Date.now();
    presses = [...presses.filter((time) => now - time < WITHIN), now];
    if (presses.length >= PRESSES) leave();
  });
  for (const told of page.querySelectorAll("[data-leave-by-key]")) told.hidden = false;

  // The browser may bring the blanked page back from its memory.
  window.addEventListener("pageshow", () => page.documentElement.classList.remove("oq-gone"));
}
