// Adds up the points while they are typed, saves them a moment later, and keeps in this browser what could not be sent.
// Without it the total is the one that was saved last, and the buttons save.
const PAUSE = 1500;
const AGAIN = 5000;
const place = (sheet) => `sheet-${sheet}`;

const store = {
  get: (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set: (key, value) => {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Without room in the browser the sheet is still saved over the network.
    }
  },
  drop: (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept then.
    }
  },
};

function start(form) {
  const key = place(form.dataset.marks);
  const address = form.dataset.autosave;
  const status = form.querySelector("[data-saving]");
  const revision = form.elements.revision;
  const total = form.querySelector("[data-total]");
  const numbers = [...form.querySelectorAll("input[type=number]")];
  const fields = [...numbers, ...form.querySelectorAll("textarea")];
  let timer = 0;
  let sending = false;
  let stopped = false;

  const values = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const same = (field, value) =>
    field.type === "number" && field.value !== "" && value !== ""
      ? Number(field.value) === Number(value)
      : field.value.trim() === value.trim();
  const say = (text) => {
    status.textContent = text;
  };
  const wait = (time) => {
    clearTimeout(timer);
    timer = setTimeout(send, time);
  };

  function show() {
    total.value = numbers.reduce((sum, input) => sum + (input.valueAsNumber || 0), 0);
    for (const remark of form.querySelectorAll(".remark")) {
      const input = remark.parentElement.querySelector("input[type=number]");
      const low = input.value !== "" && input.valueAsNumber < Number(remark.dataset.below);
      remark.classList.toggle("needed", low);
      remark.open ||= low;
    }
  }

  async function send() {
    if (sending || stopped) return;
    sending = true;
    clearTimeout(timer);
    const before = JSON.stringify(values());
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      if (answer.status >= 500) throw new Error("server");
      if (!answer.headers.get("Content-Type")?.includes("json")) {
        // Led to the log-in, or the session is another one.
        stopped = true;
        say(status.dataset.logIn);
      } else {
        const told = await answer.json();
        say(told.saved || told.reason);
        if (answer.ok) {
          revision.value = told.revision;
          if (JSON.stringify(values()) === before) {
            store.drop(key);
          } else {
            store.set(key, { revision: revision.value, values: values() });
            wait(PAUSE);
          }
        }
        // What was saved elsewhere is shown by the server when the expert presses "Save".
        stopped = answer.status === 409 || answer.status === 403;
      }
    } catch {
      say(status.dataset.offline);
      wait(AGAIN);
    } finally {
      sending = false;
      form.dispatchEvent(new Event("sent"));
    }
  }

  function restore() {
    const kept = store.get(key);
    if (!kept) return;
    if (fields.every((field) => same(field, kept.values[field.name] ?? field.value))) {
      store.drop(key);
      return;
    }
    for (const field of fields) {
      field.value = kept.values[field.name] ?? field.value;
    }
    revision.value = kept.revision;
    say(status.dataset.restored);
    wait(PAUSE);
  }

  form.addEventListener("input", () => {
    show();
    if (!address) return;
    store.set(key, { revision: revision.value, values: values() });
    if (!stopped) {
      say(status.dataset.typing);
      wait(PAUSE);
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.querySelector("button[name=submit]")?.click();
    } else if (event.target.type === "number") {
      event.preventDefault();
      const next = numbers[numbers.indexOf(event.target) + 1] ?? form.elements.comment;
      next.focus();
    }
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (sending) {
      // The answer brings the revision that this form has to name.
      event.preventDefault();
      form.addEventListener("sent", () => form.requestSubmit(event.submitter), { once: true });
    } else {
      stopped = true;
    }
  });
  form.querySelector("[data-drop]")?.addEventListener("click", () => store.drop(key));
  form.querySelector("[data-keys]")?.removeAttribute("hidden");
  if (address) {
    addEventListener("online", send);
    // A page that the server answers with another version shows both: what stands here is not to be replaced.
    if (!form.querySelector(".conflict")) restore();
  }
  show();
}

const sheetForm = document.querySelector("[data-marks]");
if (sheetForm) start(sheetForm);
const submitted = document.querySelector("[data-submitted]");
if (submitted) store.drop(place(submitted.dataset.submitted));
