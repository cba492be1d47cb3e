// What runs inside the pages of timing visits (never in those that measure the page's own work): tells, through a binding of the browser, when
// the launcher can be pressed and when the panel's input can be typed into.

/** This function is sent to the browser as text, so it uses nothing from outside. */
function probe({ launcher, input }) {
  // One for each document; a frame's first navigation may keep its window.
  if (document.benchProbe) return;
  document.benchProbe = true;
  const bench = (window.benchProbe = {});
  const closedRoots = new WeakMap();
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    closedRoots.set(this, root);
    return root;
  };
  const rootOf = (element) => element.shadowRoot ?? closedRoots.get(element);
  const tell = (event) => window.benchTell(JSON.stringify({ top: window === window.top, ...event }));
  const now = () => performance.timeOrigin + performance.now();

  /** Elements that match, in the page or, where there are none, inside shadow roots. */
  const find = (root, selector) => {
    const found = [...root.querySelectorAll(selector)];
    if (found.length > 0) return found;
    for (const element of root.querySelectorAll("*")) {
      const inner = rootOf(element);
      const below = inner ? find(inner, selector) : [];
      if (below.length > 0) return below;
    }
    return [];
  };

  /** Where an element is, if a press on its middle would hit it. */
  const place = (element, least) => {
    const box = element.getBoundingClientRect();
    if (box.width < least || box.height < least) return null;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return null;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return null;
    const hit = element.getRootNode().elementFromPoint(x, y);
    return hit && (hit === element || element.contains(hit) || hit.contains(element)) ? { x, y } : null;
  };
  const firstPlace = (selector, least, accept = () => true) => {
    for (const element of find(document, selector)) {
      const at = accept(element) && place(element, least);
      if (at) return at;
    }
    return null;
  };
  const canBeTypedInto = (element) => !element.disabled && !element.readOnly && !element.closest("[inert]");

  /** Types into the input, to prove that it takes text. */
  bench.type = () => {
    const element = find(document, input).find((candidate) => canBeTypedInto(candidate) && place(candidate, 4));
    if (!element) return false;
    element.focus();
    document.execCommand("insertText", false, "hello");
    return element.value.includes("hello");
  };
  bench.launcher = () => firstPlace(launcher, 12);

  const told = new Set();
  const once = (kind, look) => {
    if (told.has(kind)) return;
    const at = look();
    if (!at) return;
    told.add(kind);
    tell({ kind, time: now(), at });
  };
  let round = 0;
  const watch = (current) => {
    if (current !== round) return;
    if (document.body) {
      if (window === window.top) once("launcher", bench.launcher);
      if (window === window.top) once("frame", () => firstPlace("iframe", 200));
      else once("input", () => firstPlace(input, 4, canBeTypedInto));
    }
    requestAnimationFrame(() => watch(current));
  };
  // A frame's first navigation can keep its window but drop the frame callbacks of the document before.
  const start = () => watch(++round);
  addEventListener("click", (event) => event.isTrusted && tell({ kind: "click", time: performance.timeOrigin + event.timeStamp }), true);
  addEventListener("DOMContentLoaded", start);
  addEventListener("load", start);
  requestAnimationFrame(start);
}

export const BINDING = "benchTell";
export const probeSource = (selectors) => `(${probe})(${JSON.stringify(selectors)})`;
