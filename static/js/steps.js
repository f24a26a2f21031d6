// A form of one screen for each decision works without this. With it the Enter key goes one screen on, and the last
// screen shows what was written.
const form = document.querySelector("form.steps");
const summary = form.querySelector("[data-summary]");

form.addEventListener("keydown", (event) => {
  // While Chinese is being typed, Enter chooses a word.
  if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") {
    return;
  }
  event.preventDefault();
  const ways = [...event.target.closest(".step").querySelectorAll("[data-next]")];
  ways.find((way) => way.offsetParent)?.click();
});

const written = (field) => {
  if (field.type === "checkbox") {
    return field.checked ? "✓" : "";
  }
  return field.tagName === "SELECT" && field.value ? field.selectedOptions[0].text : field.value.trim();
};

// A term for each field, what stands in it, and the way back to it. What may stay empty and does is passed over.
const fill = () => {
  summary.replaceChildren();
  for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const isRadio = field.type === "radio";
    const answer = isRadio ? field.checked && field.labels[0].textContent.trim() : written(field);
    if (summary.closest(".step").contains(field) || !(answer || field.required)) {
      continue;
    }
    const term = document.createElement("dt");
    const label = isRadio ? field.closest("fieldset").querySelector("legend") : field.labels[0];
    term.textContent = label.firstChild.textContent.trim();
    const value = document.createElement("dd");
    value.textContent = answer || summary.dataset.nothing;
    const change = document.createElement("a");
    change.href = `#${field.id}`;
    change.textContent = `${summary.dataset.change} ${term.textContent}`;
    value.append(change);
    summary.append(term, value);
  }
  summary.hidden = false;
};

if (summary) {
  form.addEventListener("input", fill);
  window.addEventListener("pageshow", fill);
  fill();
}
