// What pages do beyond reading; each is whole without this.
// In a block: other scripts of a page have names of their own.
{
  // Switch between light and dark. What the system has already is not stored, and followed.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themeButton = document.querySelector(".theme-button");
  const setTheme = (theme) => {
    document.documentElement.dataset.theme = theme;
    themeButton.setAttribute("aria-pressed", theme === "dark");
  };
  setTheme(document.documentElement.dataset.theme);
  themeButton.addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    setTheme(theme);
    if (theme === (dark.matches ? "dark" : "light")) localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  });
  dark.addEventListener("change", () => {
    if (!localStorage.getItem("theme")) setTheme(dark.matches ? "dark" : "light");
  });

  // Open the search from the keyboard.
  const search = document.getElementById("search");
  document.addEventListener("keydown", (event) => {
    if (search && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search.togglePopover();
    }
  });

  // Find symbols by name: conf/symbols.py writes their index, which is loaded when it is wanted.
  const GREEK = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ζ: "zeta", η: "eta", θ: "theta",
    ι: "iota", κ: "kappa", λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma",
    τ: "tau", υ: "upsilon", φ: "phi", χ: "chi", ψ: "psi", ω: "omega",
  };
  const folded = (words) =>
    words
      .normalize("NFKC")
      .replace(/\\frac\s*\{?(\w)\}?\s*\{?(\w)\}?/g, "$1/$2")
      .replace(/\bone over\s*/i, "1/")
      .replace(/\\(mathcal|mathbf|mathrm|operatorname|text|tilde|hat|bar)\b/g, "")
      .replace(/[α-ω]/g, (letter) => GREEK[letter] || letter)
      .replace(/[\\{}^_[\]()\s,]/g, "")
      .toLowerCase();
  const root = document.documentElement.dataset.content_root;
  let index;
  const symbols = () => {
    index ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}_static/symbols.js`;
      script.onload = () => resolve(bookSymbols);
      script.onerror = reject;
      document.head.append(script);
    });
    return index;
  };
  // The same name first, then the same letters in the other case, a name that begins so, and words of
  // the meaning; among these, the notation page before other pages, and equations last.
  const distance = ([rank, names, shown, meaning], name, typed) => {
    const plain = shown.replace(/<.*?>/g, "");
    if (names.includes(name)) return rank + (plain.startsWith(typed[0]) ? 0 : 3);
    if (names.some((other) => other.startsWith(name))) return rank + 6;
    const isMeant = typed.length > 2 && meaning.toLowerCase().includes(typed.toLowerCase());
    return isMeant ? rank + 9 : Infinity;
  };
  const find = (typed, index) => {
    const name = folded(typed);
    const seen = new Set();
    return index
      .map((symbol) => [distance(symbol, name, typed), symbol])
      .filter(([far]) => far < Infinity)
      .sort((a, b) => a[0] - b[0])
      .map(([, symbol]) => symbol)
      .filter(([, , shown, meaning]) => !seen.has(shown + meaning) && seen.add(shown + meaning))
      .slice(0, 8);
  };
  const showSymbols = async (typed, place) => {
    const found = typed.trim() ? find(typed.trim(), await symbols()) : [];
    const list = document.createElement("ul");
    for (const [, , shown, meaning, title, address] of found) {
      const link = document.createElement("a");
      link.href = root + address;
      link.innerHTML = `<b>${shown}</b><span></span><small></small>`;
      link.children[1].textContent = meaning;
      link.children[2].textContent = title;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    place.replaceChildren(...(found.length ? [list] : []));
  };
  for (const form of document.querySelectorAll("form[role='search']")) {
    const place = form.parentElement.querySelector(".symbols-found");
    const input = form.querySelector("input");
    if (!place) continue;
    input.addEventListener("input", () => showSymbols(input.value, place));
    const asked = place.closest("article") && new URLSearchParams(location.search).get("q");
    if (asked) showSymbols(asked, place);
  }

  // Show where in the contents the page is, and leave the menu for a heading of the page.
  const menu = document.getElementById("menu");
  menu.addEventListener("click", (event) => {
    if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
  });
  const here = menu.querySelector("[aria-current]");
  if (here && menu.scrollHeight > menu.clientHeight) {
    menu.scrollTop += here.getBoundingClientRect().top - menu.getBoundingClientRect().top - 80;
  }

  // Copy code: what is typed, without the prompts and what the machine answers.
  const typed = (block) => {
    const code = block.cloneNode(true);
    for (const part of code.querySelectorAll(".gp, .linenos, .copy")) part.remove();
    const isSession = block.querySelector(".gp");
    for (const part of isSession ? code.querySelectorAll(".go, .gt") : []) part.remove();
    const lines = code.textContent.replace(/^\n+|\s+$/g, "").split("\n");
    return lines.filter((line) => !isSession || line.trim()).join("\n");
  };
  const letCopy = (block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.setAttribute("aria-label", "Copy the code");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(typed(block));
      button.dataset.state = "copied";
      setTimeout(() => delete button.dataset.state, 1500);
    });
    block.append(button);
  };
  const code = "article .highlight:not(.cell_output *)";
  document.querySelectorAll(code).forEach(letCopy);

  // Let the keyboard scroll what the pointer can: what is wider than its box takes the focus.
  const reach = () => {
    const boxes = document.querySelectorAll(".math-scroll, article pre, .table-scroll");
    const wide = [...boxes].map((box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, index) => {
      if (wide[index]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  addEventListener("resize", reach);
  document.fonts.ready.then(reach);

  // Whoever puts blocks into the page says so: conf/live/swap.js does.
  document.addEventListener("changed", ({ detail: blocks }) => {
    for (const block of blocks) block.querySelectorAll(code).forEach(letCopy);
    reach();
  });
}
