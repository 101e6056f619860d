// An answer that excludes the others takes their ticks away, and they take away its own.

export function startAlone(page) {
  for (const group of page.querySelectorAll("[data-alone-group]")) {
    group.addEventListener("change", ({ target }) => {
      if (!target.matches("input[type=checkbox]") || !target.checked) return;
      for (const other of group.querySelectorAll("input[type=checkbox]:checked")) {
        const excluded = target.hasAttribute("data-alone") || other.hasAttribute("data-alone");
        if (other !== target && excluded) other.checked = false;
      }
    });
  }
}
