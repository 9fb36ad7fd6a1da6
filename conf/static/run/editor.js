// An editor of a coloured block: a text area over it, which shows the caret and takes the keys.

const WORDS =
  "and as assert async await break case class continue def del elif else except finally for from global if import in is " +
  "lambda match nonlocal not or pass raise return try while with yield False None True";

// The classes are Pygments', whose colours the page has.
const TOKENS = [
  ["c1", "#.*"],
  ["s2", "[rbfuRBFU]{0,2}(?:\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?)"],
  ["mi", "\\b\\d[\\w.]*"],
  ["k", `\\b(?:${WORDS.replaceAll(" ", "|")})\\b`],
  ["n", "\\w+"],
];
const TOKEN = new RegExp(TOKENS.map(([, pattern]) => `(${pattern})`).join("|"), "g");

const colour = (pre, source) => {
  const parts = [];
  let end = 0;
  for (const found of source.matchAll(TOKEN)) {
    const span = document.createElement("span");
    span.className = TOKENS[found.slice(1).findIndex(group => group !== undefined)][0];
    span.textContent = found[0];
    parts.push(source.slice(end, found.index), span);
    end = found.index + found[0].length;
  }
  // The last line break has a line behind it only if something stands there.
  pre.replaceChildren(...parts, `${source.slice(end)}\n`);
};

// Open an editor over `pre`; `changed` hears each new text, `keys` what is pressed.
export const edit = (pre, source, label, changed, keys) => {
  const style = getComputedStyle(pre);
  const area = document.createElement("textarea");
  Object.assign(area, {value: source, spellcheck: false, className: "run-editor", autocapitalize: "off"});
  area.setAttribute("aria-label", label);
  area.addEventListener("input", () => {
    colour(pre, area.value);
    changed(area.value);
  });
  area.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.ctrlKey && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      const line = area.value.slice(0, area.selectionStart).split("\n").pop();
      const deeper = /:\s*(#.*)?$/.test(line) ? "    " : "";
      // As if it were typed: it can be undone.
      document.execCommand("insertText", false, `\n${/^ */.exec(line)[0]}${deeper}`);
    } else keys(event);
  });
  area.addEventListener("scroll", () => (pre.scrollLeft = area.scrollLeft));
  const place = () => {
    Object.assign(area.style, {font: style.font, padding: style.padding, tabSize: style.tabSize});
    for (const side of ["Top", "Left", "Width", "Height"]) area.style[side.toLowerCase()] = `${pre[`offset${side}`]}px`;
  };
  const watch = new ResizeObserver(place);
  watch.observe(pre);
  place();
  pre.after(area);
  area.focus({preventScroll: true});
  return () => {
    watch.disconnect();
    area.remove();
  };
};
