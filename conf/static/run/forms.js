// The pages with a form: what a reader writes is checked while it changes, once it has been checked at all.
import {Python} from "./python.js";

const form = document.querySelector("form[data-form]");
const {elements} = form;
const [status, verdicts] = [form.querySelector("[role=status]"), form.querySelector(".run-verdicts")];
const python = new Python(document.querySelector("script[data-run]").dataset.run.split(" "));
const PAUSE = 80; // Milliseconds without a key until what was written is checked.
const PATIENCE = 15_000; // Milliseconds until a check is given up.

const item = (good, ...parts) => {
  const made = document.createElement("li");
  if (!good) made.className = "run-wrong";
  made.append(...parts);
  return made;
};

const kinds = {
  derivation: {
    ask: () => ["check", [elements.text.value]],
    show: found => {
      const failing = found.filter(({passes}) => !passes);
      const items = found.map(({passes, status, line, label, left, relation, right, summary}) => {
        const code = document.createElement("code");
        code.textContent = [left, relation, right].filter(Boolean).join(" ");
        const sign = passes ? "✓" : "✗";
        return item(passes, `${sign} line ${line}${label ? ` (${label})` : ""} ${status}: `, code, ` ${summary}`);
      });
      const good = found.length - failing.length;
      const first = failing[0] && ` Line ${failing[0].line} ${failing[0].status}: ${failing[0].diagnosis}`;
      const words = found.length ? `${good} of ${found.length} hold.${first ?? ""}` : "There is nothing to check: write an equation between $$ and $$.";
      return [words, items];
    },
  },
  gradient: {
    ask: () => ["compare", [elements.mine.value, elements.truth.value, elements.m.value]],
    show: words => [words, [item(words.startsWith("agrees"), words)]],
  },
};
const {ask, show} = kinds[form.dataset.form];

let live = false; // Whether the reader has pressed Check.
let busy = false;
let again = false;
let timer = 0;

const check = async () => {
  live = true;
  again = busy;
  if (busy) return;
  busy = true;
  const watch = setTimeout(() => python.stop(), PATIENCE + (python.running ? 0 : 60_000));
  try {
    if (!python.running) status.textContent = "Starting Python: some 10 MB, once";
    await python.start();
    const [words, items] = show(await python.call(...ask()));
    if (!again) {
      // What is said again is not announced again.
      if (status.textContent !== words) status.textContent = words;
      verdicts.replaceChildren(...items);
    }
  } catch (error) {
    status.textContent = error.message;
    verdicts.replaceChildren();
  } finally {
    clearTimeout(watch);
    busy = false;
  }
  if (again) check();
};

form.addEventListener("submit", event => {
  event.preventDefault();
  check();
});
form.addEventListener("input", () => {
  clearTimeout(timer);
  if (live) timer = setTimeout(check, PAUSE);
});
form.addEventListener("keydown", event => {
  if (event.key === "Enter" && event.ctrlKey) check();
});

// -- Links that carry a text: they fill the form, and run nothing ------------------------------------

const through = async (bytes, stream) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

const packed = async text => {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const unpacked = async text => {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
  return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
};

const fill = async () => {
  const [kind, value] = location.hash.slice(1).split(/=(.*)/s);
  if (!elements.text || !["text", "try"].includes(kind)) return;
  try {
    if (kind === "text") elements.text.value = await unpacked(value);
    else {
      const [page, anchor] = decodeURIComponent(value).split(":");
      const answer = await fetch(new URL(`../../_runtime/try/${page}.json`, import.meta.url));
      elements.text.value = (await answer.json())[anchor] ?? "";
    }
    status.textContent = "The text has come by a link; Check runs it.";
  } catch {
    status.textContent = "The link does not carry a whole text.";
  }
  elements.text.scrollTop = elements.text.scrollHeight;
};

elements.share?.addEventListener("click", async () => {
  const address = new URL(location.href);
  address.hash = `text=${await packed(elements.text.value)}`;
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address.href);
    status.textContent = "The link is copied, and in the address above.";
  } catch {
    status.textContent = "The link is in the address above.";
  }
});
addEventListener("hashchange", fill);
fill();
