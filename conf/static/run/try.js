// A way from each displayed equation to the page where it can be changed and checked: in the note of its mark; where
// there is no mark, in the mark's place.

const {page} = document.querySelector("script[data-page]").dataset;
const target = new URL("../../about/check-your-own-derivation.html", import.meta.url);

for (const box of document.querySelectorAll(".checked-equation")) {
  const {id} = box.querySelector(":scope > .math[id]") ?? box;
  const link = document.createElement("a");
  link.href = `${target}#try=${encodeURIComponent(page)}:${id}`;
  link.className = "run-try";
  const mark = box.querySelector(":scope > button.checked-mark");
  const note = mark && document.getElementById(mark.getAttribute("popovertarget"));
  const room = box.querySelector(":scope > span.checked-mark");
  if (note) {
    link.textContent = "Try it";
    // The note describes the mark, and the link is no part of that.
    const words = Object.assign(document.createElement("span"), {id: `${note.id}-words`});
    words.append(...note.childNodes);
    mark.setAttribute("aria-describedby", words.id);
    note.append(words, " ", link);
  } else if (room) {
    link.textContent = "↗";
    link.title = "Try it";
    link.tabIndex = -1; // The arrow keys go to it from the equation.
    link.setAttribute("aria-label", "Try this definition");
    room.removeAttribute("aria-hidden");
    room.append(link);
  }
}
