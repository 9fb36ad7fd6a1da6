// Let the keyboard scroll what the pointer can: an equation wider than its box takes the focus.
// Equations are laid out without this, and stay readable without it.
const reach = () => {
  for (const box of document.querySelectorAll(".math-scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
window.addEventListener("resize", reach);
document.fonts.ready.then(reach);
