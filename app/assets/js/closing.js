// Words that are open for a while close by themselves on the page too, without loading it anew:
// what is being typed beside them stays.

export function startClosing(page) {
  const words = page.querySelector("[data-closes]");
  if (!words) return;
  const said = document.createElement("p");
  said.className = "govuk-body";
  said.textContent = "The words are closed again. What was typed below is still there.";

  const look = () => {
    if (Date.now() < Date.parse(words.dataset.closes)) {
      setTimeout(look, 1000);
      return;
    }
    words.replaceChildren(said);
  };

  look();
}
