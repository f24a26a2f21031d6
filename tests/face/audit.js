// What a page is asked in Chromium. Each function answers with a list of complaints, empty where all is well.
(() => {
  const visible = (e) =>
    e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) &&
    !e.closest("[aria-hidden=true], .visually-hidden, [hidden]");
  const name = (e) => {
    const id = e.id ? "#" + e.id : "";
    const classes = [...e.classList].slice(0, 3).map((c) => "." + c).join("");
    const words = (e.innerText || e.value || e.getAttribute("aria-label") || e.name || "").trim().slice(0, 24);
    return `${e.tagName.toLowerCase()}${id}${classes} “${words.replace(/\s+/g, " ")}”`;
  };
  // Skip links and the like wait outside the screen until they have the focus.
  const onScreen = (box) => box.width > 1 && box.height > 1 && box.right > 0 && box.bottom + scrollY > 0;

  const sideways = () => {
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over <= 0) return [];
    const wide = [...document.querySelectorAll("body *")]
      .filter((e) => visible(e) && e.getBoundingClientRect().right > innerWidth + 1)
      .filter((e) => ![...e.children].some((c) => c.getBoundingClientRect().right > innerWidth + 1));
    return [`scrolls sideways by ${over} px: ${wide.slice(0, 3).map(name).join(", ")}`];
  };

  const smallText = (least) => {
    const small = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !parent || !visible(parent)) continue;
      if (parent.closest("script, style, noscript, template, svg, option")) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      if (!onScreen(range.getBoundingClientRect())) continue;
      const size = parseFloat(getComputedStyle(parent).fontSize);
      if (size < least - 0.05) small.set(name(parent), size);
    }
    for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const size = parseFloat(getComputedStyle(field).fontSize);
      if (visible(field) && !["checkbox", "radio"].includes(field.type) && size < least - 0.05) small.set(name(field), size);
    }
    return [...small].map(([who, size]) => `text of ${size} px, at least ${least}: ${who}`);
  };

  // A link that stands in a sentence is as high as its line: WCAG 2.5.8, exception “inline”.
  const inSentence = (link) => {
    if (link.tagName !== "A" || getComputedStyle(link).display !== "inline") return false;
    let block = link.parentElement;
    while (block && getComputedStyle(block).display === "inline") block = block.parentElement;
    const links = [...block.querySelectorAll("a, button")].map((a) => a.innerText ?? "").join("").replace(/\s/g, "").length;
    return /^(P|LI|DD|TD|FIGCAPTION|LABEL|SMALL|DIV|SPAN)$/.test(block.tagName) &&
      block.innerText.replace(/[\s·|,,、。/–-]/g, "").length - links >= 4;
  };

  // A link may be stretched over its card by a pseudo-element.
  const stretched = (control) => {
    const after = getComputedStyle(control, "::after");
    return after.content !== "none" && after.position === "absolute" && after.inset === "0px" && control.offsetParent;
  };

  const boxOf = (control) => {
    const box = (stretched(control) || control).getBoundingClientRect();
    let [top, bottom, left, right] = [box.top, box.bottom, box.left, box.right];
    // What is pressed is the label as well.
    for (const label of control.labels || []) {
      if (!["checkbox", "radio", "file"].includes(control.type) || !visible(label)) continue;
      const other = label.getBoundingClientRect();
      [top, bottom] = [Math.min(top, other.top), Math.max(bottom, other.bottom)];
      [left, right] = [Math.min(left, other.left), Math.max(right, other.right)];
    }
    return { top, bottom, left, right, width: right - left, height: bottom - top };
  };

  const smallTargets = (least, selector) => {
    const complaints = new Set();
    for (const control of document.querySelectorAll(selector)) {
      if (!visible(control) && !(control.labels && [...control.labels].some(visible))) continue;
      if (control.disabled || inSentence(control)) continue;
      const box = boxOf(control);
      if (!onScreen(box) || Math.min(box.width, box.height) >= least - 0.5) continue;
      complaints.add(`target ${Math.round(box.width)} × ${Math.round(box.height)} px, at least ${least}: ${name(control)}`);
    }
    return [...complaints];
  };

  // Everything that can be pressed or filled in, and what of it is a button, a field or navigation.
  const ALL = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
  const MAIN = "button, input:not([type=hidden]), select, textarea, summary, [role=button], .button, nav a[href]";

  const still = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  const unfold = () => document.querySelectorAll("details").forEach((e) => { e.open = true; });

  const steps = () => [...document.querySelectorAll(".steps .step-head[id]")].map((e) => e.id);

  // What only scripts can do and therefore bring along: reading aloud, putting messages away, more empty rows than the
  // one that the page has, the list of the keys that the office's scripts listen to, and similar ideas beside a form, which a
  // button shows on a page of their own.
  const SCRIPTED = "[data-read], .toasts button, .add-row, [data-keys], .similar";

  // Headings, fields, buttons and links of the main part, and its words; the page stays as it is.
  const contents = () => {
    const main = document.querySelector("main, #content, #main") || document.body;
    const aside = [...main.querySelectorAll(SCRIPTED)].map((e) => {
      const place = document.createComment("");
      e.replaceWith(place);
      return [place, e];
    });
    const found = read(main);
    aside.reverse().forEach(([place, e]) => place.replaceWith(e));
    return found;
  };

  const read = (main) => {
    const shown = (selector) => [...main.querySelectorAll(selector)].filter(visible);
    const words = (e) => (e.innerText ?? e.textContent).trim().replace(/\s+/g, " ");
    return {
      headings: shown("h1, h2, h3").map(words),
      fields: shown("input:not([type=hidden]), select, textarea").map((e) => e.name).filter(Boolean),
      buttons: shown("button, [type=submit]").map((e) => words(e) || e.value).filter(Boolean),
      links: shown("a[href]").map(words).filter(Boolean),
      words: words(main).length,
    };
  };

  const isOff = (e) => !!e.closest(":disabled, [aria-disabled=true]") || !!e.closest("label")?.control?.disabled;

  const hasWords = (e) =>
    e.matches("select, textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])") ||
    [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && /[\p{L}\p{N}]/u.test(n.data));

  // What decides whether words can be read: how they are painted, and what is painted under them. By paint, the elements.
  const painted = () => {
    const surfaces = new Map([[null, ""]]);
    const surface = (e) => {
      if (!surfaces.has(e)) {
        const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position } = getComputedStyle(e);
        const floats = /absolute|fixed|sticky/.test(position) ? position : "";
        const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode, floats].join(" ");
        surfaces.set(e, surface(e.parentElement) + (own === "rgba(0, 0, 0, 0) none 1 none normal " ? "" : "/" + own));
      }
      return surfaces.get(e);
    };
    const found = new Map();
    for (const e of document.body.querySelectorAll("*")) {
      if (!hasWords(e) || e.closest("script, style, noscript, template, svg, option")) continue;
      if (!visible(e) || !onScreen(e.getBoundingClientRect())) continue;
      const { color, fontSize, fontWeight, textShadow, textDecorationLine } = getComputedStyle(e);
      const among = inSentence(e) ? getComputedStyle(e.parentElement).color : "";
      const paint = [color, fontSize, fontWeight, textShadow, textDecorationLine, among, isOff(e), surface(e)].join(" ");
      found.set(paint, [...(found.get(paint) || []), e]);
    }
    return found;
  };

  const paints = () => [...painted().keys()];

  const run = (context, options) => axe.run(context, { preload: false, iframes: false, ...options });

  const told = (violations) => violations.map((violation) => {
    const nodes = violation.nodes.slice(0, 4).map((node) => {
      const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0] || "";
      return `${node.target.join(" ")} (${why})`;
    });
    return `axe ${violation.id}, ${violation.nodes.length} ×: ${nodes.join("; ")}`;
  });

  const axeFinds = async (options) => told((await run(document, { resultTypes: ["violations"], ...options })).violations);

  // Over a picture or a gradient axe never decides.
  const onPicture = (node) => node.any.some((check) => /^bg(Gradient|Image)$/.test(check.data?.messageKey));

  // What axe says of the words in these paints, and of which paints it need not be asked again: they can be read.
  const colourFinds = async (asked, options) => {
    const all = painted();
    const found = await run(
      { include: asked.flatMap((paint) => all.get(paint)) },
      { resultTypes: ["violations", "passes", "incomplete"], elementRef: true, ...options },
    );
    const [passes, violations, incomplete] = [found.passes, found.violations, found.incomplete]
      .map((results) => results.flatMap((result) => result.nodes));
    const good = new Set([...passes, ...incomplete.filter(onPicture)].map((node) => node.element));
    const bad = new Set(violations.map((node) => node.element));
    const isReadable = (elements) => elements.some((e) => good.has(e)) && !elements.some((e) => bad.has(e));
    return { complaints: told(found.violations), readable: asked.filter((paint) => isReadable(all.get(paint))) };
  };

  window.audit = { sideways, smallText, smallTargets, still, unfold, steps, contents, axeFinds, paints, colourFinds, ALL, MAIN };
})();
