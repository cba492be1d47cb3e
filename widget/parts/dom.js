// Elements for the parts.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties (those it does not know become attributes) and children. */
export const el = (name, properties, ...children) => {
  const element = document.createElement(name);
  for (const key in properties) {
    if (key in element) element[key] = properties[key];
    else element.setAttribute(key, properties[key]);
  }
  element.append(...children);
  return element;
};

/** A button that does not send a form. */
export const button = (className, words, onclick) => el("button", { type: "button", className, onclick }, words);

/** A line icon on a grid of 24, which says nothing to a screen reader. */
export const icon = (path) => {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS(SVG, name));
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
};

/** At Escape an answer that is being written stops before anything is put away; true: it did. */
export const stopsFirst = (event) => {
  const stop = event.key === "Escape" && document.querySelector(".stop");
  if (!stop) return false;
  event.preventDefault();
  stop.click();
  return true;
};

/** A dialog over the whole panel, one at a time. The browser keeps the focus inside, closes it at Escape, and gives the focus back. */
export const modal = (properties, ...children) => {
  document.querySelector("dialog")?.remove();
  // It takes the focus of a click beside its buttons: else the panel behind it would hear the next Escape.
  const dialog = el("dialog", { ...properties, tabIndex: -1, onclose: () => dialog.remove() }, ...children);
  // Not as its handler, whose `false` would undo every key.
  dialog.addEventListener("keydown", stopsFirst);
  // A press that began elsewhere, and the second of two quick ones, mean something else.
  let isPressed = false;
  dialog.onpointerdown = ({ target }) => (isPressed = target === dialog);
  dialog.onclick = ({ target, detail }) => target === dialog && isPressed && detail < 2 && dialog.close();
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
};

const worn = new Set();

/** Adds a part's own styles, once. */
export const dress = (css) => {
  if (worn.has(css)) return;
  worn.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
};

/** A field with its label, which may be written in the other direction than the panel. */
export const labelled = (words, field) => {
  const name = el("span", {}, el("bdi", {}, words), field.required ? " *" : "");
  return el("label", { className: "labelled" }, name, field);
};
