// Coding by keyboard: a key does what it stands beside, Enter saves and goes on.

const KEPT = "coding-keys";
const WRITES = "textarea, select, input:not([type=checkbox]):not([type=radio])";
const ACTS = "a, button, summary";

// A letter with Shift is another key than the letter; other signs may need Shift to be typed.
const nameOf = ({ key, shiftKey }) => {
  if (key.length > 1) return key;
  return shiftKey && /\p{L}/u.test(key) ? `Shift+${key.toUpperCase()}` : key.toLowerCase();
};

const remembered = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
};

const remember = (on) => {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing begins with the keys on.
  }
};

export function startCoding(page) {
  const form = page.querySelector("[data-coding]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-key]")];
  const line = form.querySelector("[data-keys-line]");
  const said = line.querySelector("span");
  const turn = line.querySelector("button");
  let on = remembered();

  const show = () => {
    for (const each of form.querySelectorAll("kbd")) each.hidden = !on;
    for (const box of boxes) {
      if (on) box.setAttribute("aria-keyshortcuts", box.dataset.key.replace(/^\+$/, "Plus"));
      else box.removeAttribute("aria-keyshortcuts");
    }
    said.textContent = on ? said.dataset.on : said.dataset.off;
    turn.textContent = on ? turn.dataset.on : turn.dataset.off;
  };

  page.addEventListener("keydown", (event) => {
    const { target } = event;
    const other = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    if (!on || other || event.defaultPrevented || target.closest(WRITES)) return;
    if (event.key === "Enter" && !target.closest(ACTS)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save]"));
      return;
    }
    const box = boxes.find((each) => each.dataset.key === nameOf(event));
    if (!box) return;
    event.preventDefault();
    box.click();
    if (box.matches("input")) box.focus();
  });

  turn.addEventListener("click", () => {
    on = !on;
    remember(on);
    show();
  });
  line.hidden = false;
  show();
}
