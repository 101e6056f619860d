// The running total of points shared out. The server adds them up again.

export function startTotals(page) {
  for (const group of page.querySelectorAll("[data-total]")) {
    const wanted = Number(group.dataset.total);
    const line = group.querySelector(".oq-total");
    const output = line.querySelector("output");
    const inputs = [...group.querySelectorAll(".oq-items input")];
    line.hidden = false;

    const add = () => {
      const sum = inputs.reduce((total, input) => total + (Number(input.value.trim()) || 0), 0);
      const left = wanted - sum;
      const rest = left > 0 ? `${left} left` : left < 0 ? `${-left} too many` : "all shared out";
      output.textContent = `${sum} of ${wanted}: ${rest}`;
      line.classList.toggle("oq-total--right", left === 0);
      line.classList.toggle("oq-total--over", left < 0);
    };
    group.addEventListener("input", add);
    window.addEventListener("pageshow", add);
    add();
  }
}
