// Says so two minutes before the time at the ballot box is over, wherever on the page one is; asks for more time without
// leaving the place at which one is, and without sending what is chosen.
const WARNING_SECONDS = 120;
let timer;

const warn = (note) => {
  note.dataset.ending = "";
  const words = note.querySelector("[data-warning]");
  words.textContent = words.dataset.warning;
};

const watch = (note) => {
  clearTimeout(timer);
  timer = setTimeout(warn, Math.max(0, Number(note.dataset.seconds) - WARNING_SECONDS) * 1000, note);
  const button = note.querySelector("[name=more]");
  button.addEventListener("click", async (event) => {
    if (event.isTrusted) {
      event.preventDefault();
      const fresh = await more(button).catch(() => null);
      if (fresh) {
        note.replaceWith(fresh);
        watch(fresh);
        fresh.querySelector("[name=more]").focus();
      } else {
        button.click();
      }
    }
  });
};

const more = async (button) => {
  const body = new URLSearchParams({ more: "1", csrfmiddlewaretoken: button.form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(location.pathname, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-seconds]");
};

watch(document.querySelector("[data-seconds]"));
