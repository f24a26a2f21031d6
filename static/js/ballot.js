// Keeps the number of chosen entries up to date while boxes are ticked, and on the last screen their titles; the server
// checks it again. Nothing is sent before the ballot is cast.
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
  form.addEventListener("change", show);
  // A browser that goes back ticks the boxes again after the script has run.
  window.addEventListener("pageshow", show);
  show();
}
