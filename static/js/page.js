// What every page does a little better with a script. Without it forms are sent and links are followed all the same.

// A form is sent once: the pressed button says that the answer is on its way, and a second press is left out.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Who comes back by the browser's own button finds the page as it was left, and may send again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) {
    return;
  }
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

// A link with `data-dialog` leads to a page with one question; here the question is asked over the page one is on.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
    return;
  }
  event.preventDefault();
  const question = await fetched(link.href);
  if (question) {
    ask(question);
  } else {
    location.assign(link.href);
  }
});

async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "dialog" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.ok && !answer.redirected ? page.querySelector("main [data-question]") : null;
  } catch {
    return null;
  }
}

function ask(question) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = document.createElement("h2");
  heading.textContent = question.querySelector("h1").textContent;
  heading.id = "question";
  question.querySelector("h1").replaceWith(heading);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(document.adoptNode(question));
  for (const form of dialog.querySelectorAll("form:not([action])")) {
    form.action = question.dataset.question;
  }
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
