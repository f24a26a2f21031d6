// Adds up the points while they are typed. Without it the total is the one that was saved last.
const form = document.querySelector("[data-marks]");
if (form) {
  const total = form.querySelector("[data-total]");
  const inputs = form.querySelectorAll("input[type=number]");
  const add = () => {
    let sum = 0;
    for (const input of inputs) {
      sum += input.valueAsNumber || 0;
    }
    total.value = sum;
  };
  form.addEventListener("input", add);
  add();
}
