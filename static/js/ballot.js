// Keeps the number of chosen entries up to date while boxes are ticked, and on the last screen their titles; shows only
// the rows that fit the filter without asking the server. The server checks it all again. Nothing is sent before the
// ballot is cast.
const form = document.querySelector("[data-ballot]");
if (form) {
  const number = form.querySelector("[data-chosen]");
  const listed = form.querySelector("[data-listed]");
  const most = Number(form.dataset.ballot);
  const show = () => {
    const chosen = [...form.querySelectorAll("input[name=entry]:checked")].map((box) => box.value);
    number.textContent = chosen.length;
    number.closest(".chosen").toggleAttribute("data-over", chosen.length > most);
    if (listed) {
      listed.hidden = false;
      listed.querySelector("[data-none]").hidden = chosen.length > 0;
      for (const line of listed.querySelectorAll("[data-of]")) {
        line.hidden = !chosen.includes(line.dataset.of);
      }
    }
  };
  const sieve = document.querySelector("[data-sieve]");
  const sift = () => {
    const wanted = [...sieve.querySelectorAll("select")].filter((select) => select.value);
    for (const row of form.querySelectorAll("[data-row]")) {
      const fits = wanted.every((select) => row.dataset[select.name] === select.value);
      row.hidden = !fits && !row.querySelector("input").checked;
    }
  };
  if (sieve) {
    sieve.querySelector("button").hidden = true;
    sieve.addEventListener("change", sift);
    window.addEventListener("pageshow", sift);
  }
  form.addEventListener("change", show);
  // A browser that goes back ticks the boxes again after the script has run.
  window.addEventListener("pageshow", show);
  show();
}
