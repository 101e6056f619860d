// Beside a time in the consultation's zone: the same instant where the reader is.

const UNIVERSAL = ["UTC", "Etc/UTC", "Etc/GMT", "GMT"];

export function startLocalTimes(page) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here || UNIVERSAL.includes(here)) return; // the page says the time in UTC already
  const format = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: here,
  });
  for (const time of page.querySelectorAll("time[data-local-time]")) {
    const shown = time.textContent;
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.getTime()) || shown.includes(`(${here})`)) continue;
    const words = format.format(instant).replace(" at ", ", ");
    const line = page.createElement("span");
    line.className = "oq-local-time";
    line.textContent = `${words} (where you are: ${here})`;
    time.after(page.createElement("br"), line);
  }
}
