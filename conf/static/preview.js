// Show the equation that a reference leads to, while the reference is pointed at or has the focus.
{
  const reference = (event) => event.target.closest?.('a.internal[href*="#equation-"]');
  const note = document.createElement("div");
  note.className = "checked-note equation-preview";
  note.id = "equation-preview";
  note.popover = "manual";
  note.style.maxWidth = "min(40rem, calc(100vw - 2rem))";

  const pages = new Map([[location.pathname, document]]);
  const read = async ({ pathname }) => {
    if (!pages.has(pathname)) {
      const text = await (await fetch(pathname)).text();
      pages.set(pathname, new DOMParser().parseFromString(text, "text/html"));
    }
    return pages.get(pathname);
  };

  let wanted = null;
  const show = async (link) => {
    if (!note.showPopover || wanted === link) return;
    hide();
    wanted = link;
    const page = await read(link).catch(() => null);
    const equation = page?.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!equation || wanted !== link) return;
    const copy = document.importNode(equation, true);
    for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
    note.replaceChildren(copy);
    link.after(note);
    link.setAttribute("aria-describedby", note.id);
    note.showPopover({ source: link });
  };
  const hide = () => {
    wanted?.removeAttribute("aria-describedby");
    wanted = null;
    note.remove();
  };

  for (const begin of ["pointerover", "focusin"]) {
    document.addEventListener(begin, (event) => reference(event) && show(reference(event)));
  }
  document.addEventListener("pointerout", (event) => {
    const to = event.relatedTarget;
    if (wanted && !wanted.contains(to) && !note.contains(to)) hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}
