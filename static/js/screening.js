// The screening page, which works without this. Keys: rows of the keyboard for the three criteria, numbers for the
// decision, and for the reason those that the page names. They rest while somebody types, and whoever wants none switches them off; the browser remembers that.
const form = document.querySelector("form[data-screening]");
const panel = document.querySelector("[data-keys]");
const wanted = panel.querySelector("input");
const STORED = "screening-keys";

const radios = (name) => [...form.querySelectorAll(`input[type=radio][name=${name}]`)];
const rows = [
  ["public_benefit", ["KeyQ", "KeyW", "KeyE"]],
  ["sustainability", ["KeyA", "KeyS", "KeyD"]],
  ["capacity_building", ["KeyZ", "KeyX", "KeyC"]],
  ["decision", ["Digit1", "Digit2", "Digit3", "Digit4"]],
];
const fields = new Map(
  rows.flatMap(([name, keys]) => radios(name).map((radio, place) => [keys[place], radio])),
);

const reasons = new Map(
  [...panel.querySelectorAll("[data-chooses]")].map(({ dataset }) => [dataset.key, dataset.chooses]),
);

const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), select, textarea");

wanted.checked = localStorage.getItem(STORED) !== "off";
wanted.addEventListener("change", () => localStorage.setItem(STORED, wanted.checked ? "on" : "off"));
panel.hidden = false;

// What is said for the chosen reason goes into the message, unless the officer has written something else. For what
// is referred it stays empty: the server writes to whom.
const wordings = new Map(
  [...document.querySelectorAll("[data-reason]")].map((text) => [text.dataset.reason, text.textContent.trim()]),
);
const note = form.elements.note;
form.addEventListener("change", ({ target }) => {
  const written = note.value.trim();
  if (["reason", "decision"].includes(target.name) && (!written || [...wordings.values()].includes(written))) {
    const refers = form.elements.decision.value === "REFER";
    note.value = refers ? "" : (wordings.get(form.elements.reason.value) ?? "");
  }
});

document.addEventListener("keydown", (event) => {
  if (!wanted.checked || event.isComposing || event.altKey) {
    return;
  }
  if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[name=next]"));
    return;
  }
  if (event.ctrlKey || event.metaKey || typing(event.target)) {
    return;
  }
  const field = fields.get(event.code);
  if (field) {
    event.preventDefault();
    field.checked = true;
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (reasons.has(event.code)) {
    event.preventDefault();
    const reason = form.elements.reason;
    reason.value = reasons.get(event.code);
    reason.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.code === "KeyM") {
    event.preventDefault();
    note.focus();
  } else if (event.code === "KeyN") {
    document.querySelector("a.screen-skip").click();
  } else if (event.code === "KeyU") {
    document.querySelector("button[data-undo]")?.click();
  }
});
