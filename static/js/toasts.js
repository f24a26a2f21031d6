// Gives each message of the site a button that puts it away, and has it read out: what stood in a live region from
// the beginning is not announced, what is put into it is.
const toasts = document.querySelector(".toasts");
for (const toast of [...toasts.children]) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = toasts.dataset.dismiss;
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
  toast.remove();
  requestAnimationFrame(() => toasts.append(toast));
}
toasts.classList.add("live");
