// Keeps the number of chosen entries up to date while boxes are ticked; the server checks it again.
const form = document.querySelector("[data-ballot]");
if (form) {
  const number = form.querySelector("[data-chosen]");
  const most = Number(form.dataset.ballot);
  form.addEventListener("change", () => {
    const chosen = form.querySelectorAll("input[name=entry]:checked").length;
    number.textContent = chosen;
    number.parentElement.toggleAttribute("data-over", chosen > most);
  });
}
