// What the interactive figures share. A figure is a custom element; see conf/figures.py.
//
// Its functions take its state, which is what its controls say, and return strings: they know
// nothing of a browser. So the build draws the first state with them, and the tests call them.
const figures = {};

// A number as it is printed, with a minus that is as wide as a plus.
const shown = (number) => String(+number.toFixed(2)).replace("-", "−");

const slider = (name, label, min, max, value, text) =>
  `<label class="slider"><span>${label} <b>${text}</b></span><input type="range" name="${name}" min="${min}" ` +
  `max="${max}" value="${value}" aria-valuetext="${text}"></label>`;

// A row of boxes, each as wide as it counts, with what it is before and what comes of it after.
const bar = (label, boxes, result) =>
  `<div class="share"><span class="quiet">${label}</span><span class="bar">` +
  boxes.map(({ value, share, kind }) => `<b class="${kind}" style="flex:${share} 0 0">${shown(value)}</b>`).join("") +
  `</span><span class="result">${result}</span></div>`;

// Make one tree like another, and leave what is the same: so what moves can glide.
const follow = (old, fresh) => {
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType === 3) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  while (old.childNodes.length > fresh.childNodes.length) old.lastChild.remove();
  [...fresh.childNodes].forEach((child, i) => {
    if (old.childNodes[i]) follow(old.childNodes[i], child);
    else old.append(child);
  });
};

// The name is the element's. In an engine without pages the functions are all there is.
const figure = (name, functions) => {
  figures[name] = functions;
  if (!globalThis.customElements) return;
  const { state, draw, describe, say, values } = functions;
  customElements.define(
    name,
    class extends HTMLElement {
      connectedCallback() {
        this.addEventListener("input", () => this.update());
        this.addEventListener("pointerdown", (event) => this.point(event));
        this.addEventListener("pointermove", (event) => event.buttons & 1 && this.point(event));
        // A browser that comes back to a page gives the controls their values late.
        window.addEventListener("pageshow", () => this.update());
        this.update();
      }

      // Where a drawing can be pointed at, the controls follow the pointer.
      point(event) {
        const map = functions.point && event.target.closest("[data-map]");
        if (!map) return;
        const { left, top, width, height } = map.getBoundingClientRect();
        const at = functions.point((event.clientX - left) / width, (event.clientY - top) / height);
        for (const [key, value] of Object.entries(at)) {
          const choice = this.querySelector(`input[name=${key}][value="${value}"]`);
          if (choice?.type === "radio") choice.checked = true;
          else this.querySelector(`input[name=${key}]`).value = value;
        }
        this.update();
      }

      update() {
        const now = { ...state };
        for (const input of this.querySelectorAll("input")) {
          if (input.type === "range") now[input.name] = input.valueAsNumber;
          else if (input.checked) now[input.name] = input.value;
        }
        const fresh = document.createElement("template");
        const drawing = this.querySelector("[role=img]");
        fresh.innerHTML = `<div>${draw(now)}</div>`;
        for (const { name, value } of drawing.attributes) {
          fresh.content.firstChild.setAttribute(name, value);
        }
        follow(drawing, fresh.content.firstChild);
        drawing.setAttribute("aria-label", describe(now));
        const said = this.querySelector("[role=status]");
        if (said.textContent !== say(now)) said.textContent = say(now);
        for (const [key, text] of Object.entries(values(now))) {
          const input = this.querySelector(`input[name=${key}]`);
          input.setAttribute("aria-valuetext", text);
          input.closest("label").querySelector("b").textContent = text;
        }
      }
    },
  );
};
