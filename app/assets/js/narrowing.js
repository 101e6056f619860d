// A box above a long list of places that narrows it. What is chosen always stays.

// “aland” finds Åland and not New Zealand: what is typed begins a word.
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

const matches = (text, wanted) => ` ${plain(text)}`.includes(` ${plain(wanted)}`);

const inWords = (shown, chosen) => {
  const places = shown === 1 ? "1 place matches." : `${shown} places match.`;
  return chosen.length ? `${places} Chosen: ${chosen.join(", ")}.` : places;
};

function options(select) {
  const all = [...select.options];
  return {
    narrow(wanted) {
      const chosen = select.value;
      const kept = all.filter(
        (option) => !option.value || option.value === chosen || matches(option.text, wanted),
      );
      select.replaceChildren(...kept);
      select.value = chosen;
      return kept.filter((option) => option.value && matches(option.text, wanted)).length;
    },
    chosen: () => (select.value ? [select.selectedOptions[0].text] : []),
  };
}

function boxes(list) {
  const all = [...list.querySelectorAll(".oq-option")];
  const words = (item) => item.querySelector("label").textContent.trim();
  const ticked = (item) => item.querySelector("input").checked;
  return {
    narrow(wanted) {
      const shown = all.filter((item) => {
        item.hidden = !ticked(item) && !matches(words(item), wanted);
        return matches(words(item), wanted);
      });
      return shown.length;
    },
    chosen: () => all.filter(ticked).map(words),
  };
}

export function startNarrowing(page) {
  for (const group of page.querySelectorAll("[data-narrow]")) {
    const select = group.querySelector("select");
    const list = select ? options(select) : boxes(group);
    const filter = group.querySelector(".oq-filter");
    const box = filter.querySelector("input");
    const said = filter.querySelector("[role=status]");
    filter.hidden = false;

    const tell = () => {
      said.textContent = inWords(list.narrow(box.value), list.chosen());
    };
    box.addEventListener("input", tell);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    group.addEventListener("change", (event) => {
      if (event.target !== box) tell();
    });
    // What is typed to narrow the list is no answer: a page restored by Back starts afresh.
    box.value = "";
  }
}
