// Keeps a page for the hall up to date, and lets its clock run. Without a script the clock shows until when it runs.

const AGAIN = 2000; // milliseconds between an answer and the next question
const LAST_MINUTE = 60;

const live = document.querySelector("[data-live]");
const connection = document.querySelector("[data-connection]");
let shown = null;
let ahead = 0; // by how much the server's clock is ahead of this one's, in milliseconds

// One question at a time: a slow answer delays the next question, and a page nobody looks at asks nothing.
async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store", credentials: "same-origin" });
      if (answer.redirected || answer.status === 403 || answer.status === 404) {
        location.reload();
        return;
      }
      if (!answer.ok) {
        throw new Error(answer.status);
      }
      const piece = await answer.text();
      ahead = Date.parse(answer.headers.get("Date")) - Date.now() || 0;
      connection.textContent = "";
      if (piece !== shown) {
        live.innerHTML = piece;
        shown = piece;
        tick();
      }
    } catch {
      connection.textContent = live.dataset.cutOff;
    }
  }
  setTimeout(look, AGAIN);
}

function tick() {
  const clock = live.querySelector("[data-ends]");
  if (!clock) {
    return;
  }
  const left = Math.ceil((Date.parse(clock.dataset.ends) - Date.now() - ahead) / 1000);
  const figures = `${Math.floor(Math.abs(left) / 60)}:${String(Math.abs(left) % 60).padStart(2, "0")}`;
  clock.querySelector("[data-figures]").textContent = left < 0 ? `+${figures}` : figures;
  const phase = left <= 0 ? "over" : left <= LAST_MINUTE ? "last" : "";
  clock.dataset.phase = phase;
  clock.querySelector("[data-word]").textContent = phase ? clock.dataset[phase] : "\u00a0";
}

look();
setInterval(tick, 250);
