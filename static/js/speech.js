// Reads the page aloud by the browser's own voice, sentence by sentence, and marks what is being read. Whoever has
// turned it on hears the next pages too, until they stop it; the browser keeps that under this key.
const KEY = "speech";
const SKIPPED = "nav, form.filter, .actions, .pager, .toasts, .speech, .step-foot, .ballot-foot, .visually-hidden, button, select, textarea, script, style, svg, [aria-hidden=true]";
const SENTENCE = /(?:[^。！？；!?.]|\.(?=\S))+[。！？；!?.]*[”’」』）]*/g;

const box = document.querySelector(".speech");
const voice = window.speechSynthesis;
const language = document.documentElement.lang.startsWith("zh") ? "zh-CN" : document.documentElement.lang;
const buttons = Object.fromEntries(["read", "stop", "pause", "resume"].map((name) => [name, box.querySelector(`[data-${name}]`)]));
const status = box.querySelector("[role=status]");
// Each start and stop makes what an earlier start still wants to say void.
let turn = 0;

if (voice && "SpeechSynthesisUtterance" in window) {
  box.hidden = false;
  buttons.read.addEventListener("click", () => start(true));
  buttons.stop.addEventListener("click", () => stop(true));
  buttons.pause.addEventListener("click", () => {
    voice.pause();
    show("paused");
    buttons.resume.focus();
  });
  buttons.resume.addEventListener("click", () => {
    voice.resume();
    show("started");
    buttons.pause.focus();
  });
  // Another screen of the same form
  addEventListener("hashchange", () => {
    if (turn && localStorage.getItem(KEY)) {
      start(false);
    }
  });
  addEventListener("pagehide", () => stop(false));
  if (localStorage.getItem(KEY)) {
    start(false);
  }
}

function start(pressed) {
  voice.cancel();
  turn += 1;
  if (pressed) {
    localStorage.setItem(KEY, "on");
  }
  show("started");
  if (pressed) {
    buttons.stop.focus();
  }
  say(sentences(), 0, turn);
}

function stop(pressed) {
  turn += 1;
  voice.cancel();
  // A voice that was paused would stay silent on the next page.
  voice.resume();
  mark(null);
  show("stopped");
  if (pressed) {
    localStorage.removeItem(KEY);
    buttons.read.focus();
  }
}

function end(state) {
  mark(null);
  const held = box.contains(document.activeElement);
  show(state);
  if (held) {
    buttons.read.focus();
  }
}

function say(all, position, mine) {
  if (position >= all.length) {
    end("finished");
    return;
  }
  const utterance = new SpeechSynthesisUtterance(all[position].toString().replace(/\s+/g, " ").trim());
  utterance.lang = language;
  utterance.voice = voice.getVoices().find((one) => one.lang.replace("_", "-") === language) ?? null;
  utterance.rate = 0.9;
  utterance.onstart = () => mine === turn && mark(all[position]);
  utterance.onend = () => mine === turn && say(all, position + 1, mine);
  utterance.onerror = (event) => {
    if (mine === turn) {
      // A page that nobody has touched yet may not speak; the button is there all the same.
      end(event.error === "not-allowed" ? "stopped" : "failed");
    }
  };
  voice.speak(utterance);
}

// What is visible of the page's content, as ranges of one sentence each.
function sentences() {
  const blocks = new Map();
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || parent.closest(SKIPPED) || !isShown(parent)) {
      continue;
    }
    const block = blockOf(parent);
    blocks.set(block, [...(blocks.get(block) ?? []), walker.currentNode]);
  }
  return [...blocks.values()].flatMap(split);
}

// Web views of chat programs are often older than `checkVisibility`.
function isShown(element) {
  return element.checkVisibility?.() ?? element.getClientRects().length > 0;
}

function blockOf(element) {
  let block = element;
  while (getComputedStyle(block).display.startsWith("inline") && block.parentElement) {
    block = block.parentElement;
  }
  return block;
}

function split(nodes) {
  const text = nodes.map((node) => node.data).join("");
  const place = (offset) => {
    let left = offset;
    const node = nodes.find((one) => left <= one.data.length || ((left -= one.data.length), false)) ?? nodes.at(-1);
    return [node, Math.min(left, node.data.length)];
  };
  return [...text.replaceAll("\n", " ").matchAll(SENTENCE)]
    .filter((found) => /[\p{L}\p{N}]/u.test(found[0]))
    .map((found) => {
      const range = new Range();
      range.setStart(...place(found.index));
      range.setEnd(...place(found.index + found[0].length));
      return range;
    });
}

function mark(range) {
  document.querySelector(".being-read")?.classList.remove("being-read");
  globalThis.CSS?.highlights?.delete("speech");
  if (!range) {
    return;
  }
  if (globalThis.CSS?.highlights) {
    CSS.highlights.set("speech", new Highlight(range));
  } else {
    range.startContainer.parentElement.classList.add("being-read");
  }
}

function show(state) {
  const reading = state === "started" || state === "paused";
  buttons.read.hidden = reading;
  buttons.stop.hidden = !reading;
  buttons.pause.hidden = state !== "started";
  buttons.resume.hidden = state !== "paused";
  status.textContent = box.dataset[state];
}
