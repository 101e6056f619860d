// A page that waits for work on the server: it looks again by itself, without being loaded anew
// under the reader, and is loaded once when the work is done.

export function startLookingAgain(page) {
  const place = page.querySelector("[data-again]");
  if (!place) return;
  const wait = Number(place.dataset.again) * 1000;

  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const text = await answer.text();
      const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-again]");
      if (!found) {
        location.reload();
        return;
      }
      if (place.textContent !== found.textContent) place.replaceChildren(...found.childNodes);
    } catch {
      // The network is away: look again later.
    }
    setTimeout(look, wait);
  };

  setTimeout(look, wait);
}
