// The cells of a page, which can be edited and run in place: what each prints, and what that is worth now.
import {edit} from "./editor.js";
import {EndedError, Python} from "./python.js";

const STATES = {
  built: "as built",
  edited: "edited: this is what the code printed before",
  above: "a cell above has run differently",
  ended: "Python was ended: this is what the code printed before",
};

const python = new Python(document.querySelector("script[data-run]").dataset.run.split(" "));

const button = (text, press) => {
  const made = document.createElement("button");
  Object.assign(made, {type: "button", className: "run-button", textContent: text, onclick: press});
  return made;
};

const MAKERS = {
  text: () => document.createElement("pre"),
  error: () => Object.assign(document.createElement("pre"), {className: "run-error"}),
  image: data => Object.assign(new Image(), {src: `data:image/png;base64,${data}`, alt: "What the cell has drawn"}),
  html: text => {
    const frame = Object.assign(document.createElement("iframe"), {srcdoc: text, title: "What the cell returned"});
    frame.setAttribute("sandbox", "");
    return frame;
  },
};

class Cell {
  constructor(bar, place) {
    this.place = place;
    this.number = place + 1;
    this.root = bar.closest(".cell");
    this.pre = this.root.querySelector(".cell_input pre");
    this.built = this.pre.innerHTML;
    this.source = this.ran = this.first = this.pre.textContent.replace(/\n$/, "");
    this.output = this.root.querySelector(".cell_output");
    this.printed = this.output ? [...this.output.childNodes] : [];
    this.current = false; // Whether Python knows what this code has defined.
    this.runs = button("Run", () => (busy ? python.stop() : runUpTo(this)));
    this.edits = button("Edit", () => this.edit());
    this.resets = button("Reset page", reset);
    this.status = Object.assign(document.createElement("span"), {className: "run-status"});
    this.status.setAttribute("role", "status");
    bar.append(this.runs, this.edits, this.resets, this.status);
    this.call(this.runs, "Run");
    this.call(this.edits, "Edit");
    this.say("built");
  }

  // Name a button, for the eye and in full.
  call(button, name) {
    button.textContent = name;
    button.setAttribute("aria-label", `${name} cell ${this.number}`);
  }

  say(state, words = STATES[state]) {
    this.state = state;
    this.status.textContent = words;
    this.resets.hidden = state === "built" && !this.close;
    this.root.classList.toggle("run-stale", ["edited", "above", "ended"].includes(state));
  }

  edit() {
    python.start().catch(() => {}); // What is wrong is said when a cell runs.
    if (this.close) return this.leave();
    const changed = text => {
      this.source = text;
      if (text !== this.ran) this.say("edited");
      else if (this.state === "edited") this.say(this.before, this.beforeWords);
    };
    const keys = event => {
      if (event.key === "Escape") this.leave();
      if (event.key === "Enter" && (event.ctrlKey || event.shiftKey)) {
        event.preventDefault();
        if (!busy) runUpTo(this);
      }
    };
    [this.before, this.beforeWords] = [this.state, this.status.textContent];
    this.close = edit(this.pre, this.source, `Code of cell ${this.number}`, changed, keys);
    this.call(this.edits, "Done");
    this.resets.hidden = false;
  }

  leave() {
    this.close?.();
    this.close = null;
    this.call(this.edits, "Edit");
    this.resets.hidden = this.state === "built";
    this.edits.focus({preventScroll: true});
  }

  // Show what Python sends; text goes on where text was.
  show(kind, text) {
    if (!this.output) {
      this.output = Object.assign(document.createElement("div"), {className: "cell_output docutils container run-added"});
      this.status.parentElement.after(this.output);
    }
    if (!this.shown) this.output.replaceChildren();
    this.shown = true;
    if (kind === "text" && this.last?.isConnected) return this.last.append(text);
    const made = MAKERS[kind](text);
    this.last = kind === "text" ? made : null;
    if (made.tagName === "PRE") made.append(text);
    const box = Object.assign(document.createElement("div"), {className: "output stream highlight-myst-ansi notranslate"});
    box.append(made);
    this.output.append(box);
  }

  async run() {
    const source = this.source;
    const own = session;
    this.shown = false;
    this.last = null;
    this.current = false;
    this.say("running", python.running ? "running" : "starting Python: some 10 MB, once");
    try {
      const versions = await python.start();
      this.say("running", "running");
      const good = await python.call("run", [this.number, source], (kind, text) => this.show(kind, text));
      if (!this.shown) this.output?.replaceChildren();
      for (const below of cells.slice(this.number)) {
        below.current = false;
        if (below.state !== "built" || source !== this.first) below.say("above");
      }
      this.current = good;
      this.ran = source;
      const place = `in your browser (Python ${versions[0]}, NumPy ${versions[1]})`;
      this.say(good ? "ran" : "failed", good ? `ran ${place}` : "stopped with an error");
      if (this.source !== source) this.say("edited");
      return good;
    } catch (error) {
      if (own !== session) return false;
      this.show("error", error.message);
      this.say("failed", "stopped with an error");
      if (error instanceof EndedError) forget(this);
      return false;
    } finally {
      // What went wrong in a closed answer is seen.
      if (this.state === "failed") for (let box = this.root; (box = box.parentElement?.closest("details")); ) box.open = true;
    }
  }

  reset() {
    this.close?.();
    this.close = this.last = null;
    this.call(this.edits, "Edit");
    this.pre.innerHTML = this.built;
    this.source = this.ran = this.first;
    this.current = false;
    if (this.output?.classList.contains("run-added")) {
      this.output.remove();
      this.output = null;
    } else this.output?.replaceChildren(...this.printed);
    this.say("built");
    if (!this.root.getAttribute("class")) this.root.removeAttribute("class");
  }
}

let busy = false;
let session = 0;

// Run the cells up to this one that have not run as they stand.
const runUpTo = async cell => {
  busy = true;
  const own = session;
  for (const each of cells) each.call(each.runs, "Stop");
  for (const each of cells.slice(0, cell.number)) {
    if (each !== cell && each.current && each.source === each.ran) continue;
    if (!(await each.run()) || own !== session) break;
  }
  if (own !== session) return;
  busy = false;
  for (const each of cells) each.call(each.runs, "Run");
};

// With Python all is gone that it knew.
const forget = but => {
  for (const cell of cells) {
    cell.current = false;
    if (cell !== but && cell.state !== "built") cell.say("ended");
  }
};

const reset = event => {
  const bar = event.target.closest(".run-bar");
  session += 1;
  busy = false;
  python.end();
  for (const cell of cells) {
    cell.reset();
    cell.call(cell.runs, "Run");
  }
  bar.querySelector("button").focus({preventScroll: true});
};

const cells = [...document.querySelectorAll(".run-bar")].map((bar, place) => new Cell(bar, place));
