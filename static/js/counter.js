// Says under each field with `data-count` how many characters are written of how many allowed. Line ends count as one.
for (const field of document.querySelectorAll("[data-count]")) {
  const limit = Number(field.dataset.count);
  const counter = document.createElement("output");
  counter.className = "counter";
  counter.htmlFor = field.id;
  field.after(counter);
  const show = () => {
    const written = [...field.value.replaceAll("\r\n", "\n").trim()].length;
    counter.textContent = `${written} / ${limit}`;
    counter.toggleAttribute("data-over", written > limit);
  };
  field.addEventListener("input", show);
  show();
}
