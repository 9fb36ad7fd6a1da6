// Lays a formula out with KaTeX, and measures it: how wide it is, where its relation sign ends.
// Widths are in em of the formula's font; KaTeX knows those of all letters.

const SIZES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488];
const widths = {};

// KaTeX joins letters of one kind, and keeps the width of the first.
const ofLetter = letter => {
  if (!(letter in widths)) {
    const tex = /[A-Za-z]/.test(letter) ? `\\mathrm{${letter}}` : letter;
    const find = node =>
      node.text === letter ? node.width : (node.children || []).reduce((w, c) => w ?? find(c), null);
    try {
      widths[letter] = find(katex.__renderToHTMLTree(tex, {})) ?? 0;
    } catch {
      widths[letter] = 0;
    }
  }
  return widths[letter];
};

const em = length => parseFloat(length) || 0;

const widthOf = node => {
  const classes = node.classes || [];
  const style = node.style || {};
  if (classes.includes("nulldelimiter")) return 0.12;
  if (["llap", "rlap", "clap"].some(name => classes.includes(name))) return 0;
  if (classes.includes("accent-body") && !classes.includes("accent-full")) return 0;
  let width = em(style.width);
  if (node.text !== undefined) {
    width = node.text.length > 1 ? [...node.text].reduce((w, c) => w + ofLetter(c), 0) : node.width;
    width += Math.max(node.italic || 0, 0);
  } else {
    const inside = (node.children || []).map(widthOf);
    const below = classes.includes("vlist") || classes.includes("vlist-t");
    width += below ? Math.max(0, ...inside) : inside.reduce((a, b) => a + b, 0);
  }
  width += em(style.marginLeft) + em(style.marginRight) + em(style.paddingLeft);
  const named = prefix => classes.map(name => name.match(`^${prefix}(\\d+)$`)).find(Boolean);
  const [from, to] = [named("reset-size"), named("size")];
  return from && to ? (width * SIZES[to[1] - 1]) / SIZES[from[1] - 1] : width;
};

// The parts of a line, from left to right, through what only holds them.
const parts = node => {
  const classes = node.classes || [];
  const holds = node.text === undefined && !classes.some(name => /^m(ord|op|bin|rel|inner)$/.test(name));
  return holds && node.children?.length && !classes.includes("vlist-t")
    ? node.children.flatMap(parts)
    : [node];
};

// Where the first relation sign of a line ends; null if it has none.
const relationOf = line => {
  let at = 0;
  let found = null;
  for (const part of line) {
    const isRelation = (part.classes || []).includes("mrel");
    if (found !== null && !isRelation && widthOf(part) > 0) break;
    at += widthOf(part);
    if (isRelation) found = at;
  }
  return found;
};

const find = (node, name) =>
  (node.classes || []).includes(name)
    ? node
    : (node.children || []).reduce((found, child) => found || find(child, name), null);

const firstLine = column => {
  const cell = find(column, "vlist").children[0];
  const inside = cell.children[cell.children.length - 1];
  const only = inside.children?.length === 1 ? inside.children[0] : inside;
  return (only.children || [only]).flatMap(parts);
};

const measure = (tex, options) => {
  const html = find(katex.__renderToHTMLTree(tex, options), "katex-html");
  const width = widthOf(html);
  const line = html.children.flatMap(parts).filter(part => widthOf(part) > 0);
  const table = line.length === 1 ? find(line[0], "mtable") : null;
  if (!table) return {width, relation: relationOf(line)};
  // The relation stands at the head of the second column; else, it is in the first.
  const [first, second] = ["col-align-r", "col-align-l"].map(name => find(table, name));
  if (!first) return {width, relation: null};
  const place = table.children.indexOf(second);
  const before = table.children.slice(0, place).reduce((w, child) => w + widthOf(child), 0);
  const after = second && relationOf(firstLine(second));
  if (after !== null) return {width, relation: before + after};
  const own = firstLine(first);
  const inside = relationOf(own);
  const indent = widthOf(first) - own.reduce((w, part) => w + widthOf(part), 0);
  return {width, relation: inside === null ? null : indent + inside};
};

// What KaTeX makes of a formula, as JSON. `strict` refuses what LaTeX would refuse. Marks are of the
// build's own making: they change nothing that is seen, and the MathML is that of the source.
const render = (tex, displayMode, marked) => {
  const options = {
    displayMode,
    output: "htmlAndMathml",
    throwOnError: true,
    strict: code => code == "htmlExtension" ? "ignore" : "error",
    trust: ({command}) => command == "\\htmlClass",
  };
  try {
    const html = katex.renderToString(tex, options);
    if (!marked) return JSON.stringify({html});
    const trusting = {
      ...options,
      output: "html",
      trust: ({command, attributes}) =>
        command == "\\htmlClass" ||
        (command == "\\htmlData" && Object.keys(attributes).join() == "data-s"),
    };
    const start = '<span class="katex-html"';
    const [mathml] = html.split(start);
    const [, seen] = katex.renderToString(marked, trusting).split(start);
    return JSON.stringify({html: mathml + start + seen, ...measure(marked, trusting)});
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    return JSON.stringify({error: error.rawMessage, position: error.position ?? tex.length});
  }
};
