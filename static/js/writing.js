// Says whether what was typed is saved, tries again once a lost connection is back, and asks before text is left behind.
// htmx sends the form while somebody writes; without scripts the button does.
const form = document.querySelector("form[data-writing]");
const again = 15_000;
let waiting = false;
let timer = 0;

const say = (text) => {
  const state = document.querySelector("#save-state");
  state.textContent = text;
  state.classList.add("open");
};

const lost = () => {
  say(form.dataset.lost);
  clearTimeout(timer);
  timer = setTimeout(() => form.dispatchEvent(new Event("again")), again);
};

form.addEventListener("input", () => {
  if (!waiting) {
    say(form.dataset.waiting);
  }
  waiting = true;
});
form.addEventListener("htmx:beforeRequest", () => {
  waiting = false;
});
form.addEventListener("htmx:sendError", () => {
  waiting = true;
  lost();
});
form.addEventListener("htmx:responseError", () => {
  waiting = true;
  lost();
});
document.addEventListener("htmx:afterSwap", () => {
  if (!document.querySelector("#save-state").hasAttribute("data-saved")) {
    waiting = true;
  } else if (waiting) {
    say(form.dataset.waiting);
  }
});
addEventListener("online", () => {
  if (waiting) {
    form.dispatchEvent(new Event("again"));
  }
});
form.addEventListener("submit", () => {
  waiting = false;
});
addEventListener("beforeunload", (event) => {
  if (waiting) {
    event.preventDefault();
  }
});
