// The joining desk, which works without this: all of a group are ticked by its link, ideas are dragged onto a proposal,
// and what is chosen is said beside the button.
const form = document.querySelector("#joining");
const status = form?.querySelector(".joining-count");

const boxes = () => [...form.querySelectorAll("input[name=ideas]")];
const card = (box) => box.closest("[data-idea]");
const title = (box) => card(box).querySelector(".joining-title").textContent;
const leadOf = (box) => card(box).querySelector("input[name=lead]");

function tell() {
  const chosen = boxes().filter((box) => box.checked);
  const lead = chosen.find((box) => leadOf(box).checked);
  status.hidden = chosen.length === 0;
  const isNew = form.querySelector("input[name=proposal][value='']").checked;
  const led = lead && isNew ? ` · ${status.dataset.lead} ${title(lead)}` : "";
  status.textContent = `${status.dataset.count} ${chosen.length}${led}`;
}

// The first that is ticked leads, until somebody chooses another; one that is no longer chosen does not lead.
function choose(box, checked) {
  box.checked = checked;
  if (!checked) {
    leadOf(box).checked = false;
  }
  const chosen = boxes().filter((each) => each.checked);
  if (chosen.length && !chosen.some((each) => leadOf(each).checked)) {
    leadOf(chosen[0]).checked = true;
  }
  tell();
}

if (form) {
  form.addEventListener("change", ({ target }) => {
    if (target.name === "ideas") {
      choose(target, target.checked);
    } else {
      tell();
    }
  });

  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-all]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const group = [...link.closest("[data-group]").querySelectorAll("input[name=ideas]")];
    const every = group.every((box) => box.checked);
    for (const box of group) {
      choose(box, !every);
    }
  });

  // Whatever is dragged takes along all that is ticked.
  let held = null;
  form.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-idea]");
    if (held) {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held.dataset.idea);
      held.classList.add("held");
    }
  });
  form.addEventListener("dragend", () => {
    held?.classList.remove("held");
    held = null;
  });
  for (const target of form.querySelectorAll("[data-target]")) {
    target.addEventListener("dragover", (event) => {
      if (held) {
        event.preventDefault();
        target.classList.add("over");
      }
    });
    target.addEventListener("dragleave", () => target.classList.remove("over"));
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      target.classList.remove("over");
      if (held) {
        target.querySelector("input[name=proposal]").checked = true;
        choose(held.querySelector("input[name=ideas]"), true);
        form.querySelector("button[name=join]").focus();
      }
    });
  }
  tell();
}
