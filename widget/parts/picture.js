// Shows a picture of the thread as large as there is room.
import { button, dress, el, icon, modal } from "./dom.js";

const CROSS = "M6 6l12 12M18 6L6 18";
const STYLE = `
.lightbox { width: 100%; max-width: 100%; height: 100%; max-height: 100%; margin: 0; padding: 0; overflow: hidden; border: 0; background: rgb(10 10 20 / 96%); color: #fff; }
.lightbox[open] { display: grid; grid-template-rows: auto minmax(0, 1fr); }
.lightbox::backdrop { background: none; }
.lightbox .bar { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 16px; padding-block-start: max(8px, env(safe-area-inset-top)); }
.lightbox a { flex: 1; overflow: hidden; color: inherit; font-size: var(--size-note); text-overflow: ellipsis; white-space: nowrap; }
.lightbox button { display: grid; flex: none; place-items: center; width: 44px; height: 44px; border: 0; border-radius: 50%; background: rgb(255 255 255 / 14%); color: inherit; }
.lightbox button:hover { background: rgb(255 255 255 / 26%); }
.lightbox img { place-self: center; max-width: 100%; max-height: 100%; padding: 8px; object-fit: contain; }
.lightbox :focus-visible { outline-color: #fff; }
@media (prefers-reduced-motion: no-preference) { .lightbox[open] img { animation: fade var(--calm) ease-out; } }`;

/** `place`: the link of the picture. */
export default ({ place, text }) => {
  dress(STYLE);
  const { href, title } = place;
  const close = button("", icon(CROSS), () => dialog.close());
  close.setAttribute("aria-label", text(Text.ClosePicture));
  const save = el("a", { href, download: title, dir: "auto", "aria-label": text(Text.Download).replace("{name}", title) }, title);
  const picture = el("img", { src: href, alt: title });
  const dialog = modal({ className: "lightbox", "aria-label": title }, el("div", { className: "bar" }, save, close), picture);
  close.focus();
};
