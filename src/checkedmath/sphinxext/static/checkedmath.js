// What a page of checked mathematics does beyond showing itself: tells of a row's symbols, and
// copies equations as LaTeX. Everything is readable without it.
// In braces, so that its names are not those of a book's own scripts.
{
  // -- Symbols: the pointer, or the arrow keys, go from one to the next -----------------------------

  const toldHere = () => JSON.parse(document.querySelector(".checked-symbols")?.textContent ?? "[]");
  let told = toldHere();

  const tip = document.createElement("div");
  tip.className = "checked-note checked-tip";
  tip.popover = "manual";
  tip.setAttribute("role", "status");
  document.body.append(tip);

  const symbolsIn = box => [...box.querySelectorAll("[data-s]")];
  let shown = null;

  const hide = () => {
    for (const symbol of document.querySelectorAll("[data-s].lit")) symbol.classList.remove("lit", "at");
    if (shown) tip.hidePopover?.();
    shown = null;
  };

  const show = symbol => {
    if (symbol === shown) return;
    hide();
    shown = symbol;
    const [group, html] = told[symbol.dataset.s];
    for (const other of symbolsIn(symbol.closest("tr"))) {
      other.classList.toggle("lit", told[other.dataset.s][0] === group);
    }
    symbol.classList.add("at");
    tip.innerHTML = html;
    tip.showPopover?.();
    move();
  };

  const move = () => {
    if (!shown) return;
    const at = shown.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = at.left + at.width / 2 - own.width / 2;
    tip.style.left = `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`;
    tip.style.top = `${at.top - own.height - 6 > 0 ? at.top - own.height - 6 : at.bottom + 6}px`;
  };

  document.addEventListener("pointerover", event => {
    const symbol = event.target.closest?.("[data-s]");
    if (symbol) show(symbol);
    else if (shown && !tip.contains(event.target)) hide();
  });

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide();
  });

  document.addEventListener("scroll", move, {capture: true, passive: true});

  const letStep = formula => {
    formula.setAttribute("role", "group");
    formula.setAttribute("aria-label", "Equation; the arrow keys go to its symbols, its mark and its LaTeX");
    formula.addEventListener("focus", () => {
      if (formula.matches(":focus-visible")) show(symbolsIn(formula)[0]);
    });
    formula.addEventListener("blur", hide);
  };

  // One stop of the Tab key for each equation; from it, the arrow keys.
  const letWalk = math => {
    const box = math.closest(".checked-equation") ?? math;
    const inOrder = () =>
      [...box.querySelectorAll(".katex-display[role], button:is(.checked-mark, .checked-copy), .checked-mark > a")];
    inOrder().forEach((stop, place) => (stop.tabIndex = place ? -1 : 0));
    box.addEventListener("keydown", event => {
      const stops = inOrder(); // What stands in a mark's place may have come later.
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      const at = stops.indexOf(event.target);
      if (!step || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const symbols = symbolsIn(stops[at]);
      const next = symbols[symbols.indexOf(shown) + step];
      next?.scrollIntoView({block: "nearest", inline: "nearest"});
      if (next) show(next);
      else stops[at + step]?.focus({focusVisible: true});
    });
  };

  // -- LaTeX: a button at each displayed equation, and what is selected ------------------------------

  const latexOf = formula =>
    formula.querySelector('annotation[encoding="application/x-tex"]')?.textContent.trim();

  const letCopy = box => {
    const latex = latexOf(box);
    if (!latex || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "checked-copy";
    const say = (text, name) => {
      button.textContent = text;
      button.ariaLabel = button.title = name;
    };
    say("LaTeX", "Copy LaTeX");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(latex);
      say("✓", "Copied");
      setTimeout(say, 1500, "LaTeX", "Copy LaTeX");
    });
    (box.closest(".checked-equation") ?? box).append(button);
  };

  document.addEventListener("copy", event => {
    const selection = getSelection();
    if (selection.isCollapsed || !event.clipboardData) return;
    const range = selection.getRangeAt(0).cloneRange();
    const around = node => (node.nodeType === 1 ? node : node.parentElement)?.closest(".katex");
    // A formula that is selected in part is copied whole.
    const [first, last] = [around(range.startContainer), around(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const copied = range.cloneContents();
    const formulas = copied.querySelectorAll(".katex");
    if (!formulas.length) return;
    for (const formula of formulas) {
      const latex = latexOf(formula);
      if (!latex) continue;
      const displayed = formula.parentElement?.classList.contains("katex-display");
      formula.replaceWith(displayed ? `\n$$\n${latex}\n$$\n` : `$${latex}$`);
    }
    for (const own of copied.querySelectorAll(".checked-copy, .checked-note, .checked-mark")) own.remove();
    event.clipboardData.setData("text/plain", copied.textContent);
    event.preventDefault();
  });

  // -- Blocks: those of the page, and those put into it later, whose list an event has ---------------

  const begin = block => {
    block.querySelectorAll(".side-by-side .katex-display:has([data-s])").forEach(letStep);
    block.querySelectorAll("div.math").forEach(letCopy);
    block.querySelectorAll("div.math").forEach(letWalk);
  };
  begin(document);
  document.addEventListener("changed", ({detail: blocks}) => {
    hide();
    told = toldHere();
    blocks.forEach(begin);
  });
}
