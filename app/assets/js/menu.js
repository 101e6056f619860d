// On a narrow screen the team's pages stand behind a button, so that a page begins with itself.

export function startMenu(page) {
  const menu = page.querySelector("[data-menu]");
  if (!menu) return;
  const button = menu.querySelector("button");
  const links = page.getElementById(button.getAttribute("aria-controls"));
  const wide = matchMedia("(min-width: 64em)");

  const show = (open) => {
    button.setAttribute("aria-expanded", String(open));
    links.hidden = !open;
  };
  const fit = () => {
    button.hidden = wide.matches;
    show(wide.matches);
  };

  button.addEventListener("click", () => show(links.hidden));
  wide.addEventListener("change", fit);
  fit();
}
