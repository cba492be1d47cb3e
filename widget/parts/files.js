// Files that go with the next message: judged before a byte is sent, uploaded while the visitor writes, and kept until the message takes
// them.
import { button, dress, el, icon } from "./dom.js";

// As the server bounds them.
const MOST_BYTES = 10_485_760;
const MOST_FILES = 10;
const NAMES = /\.(png|jpe?g|gif|webp|pdf|docx|txt|md|csv)$/i;
const IMAGES = /^image\/(png|jpeg|gif|webp)$/;

const CROSS = "M7 7l10 10M17 7L7 17";
const PAGE = "M7 3.5h7l4 4v13H7zM14 3.5v4h4";
const AGAIN = "M19 12a7 7 0 1 1-2-5M19 3v4h-4";

const STYLE = `
.tray ul { display: flex; flex-wrap: wrap; gap: 8px; max-height: 150px; margin: 0 0 8px; padding: 2px; overflow: auto; list-style: none; }
.tray li { position: relative; display: flex; align-items: center; gap: 8px; max-width: 100%; padding: 5px; border: 1px solid var(--line); border-radius: var(--radius-field); background: var(--raised); font-size: var(--size-note); line-height: 1.3; }
.tray img, .tray li > .icon { flex: none; width: 36px; height: 36px; border-radius: 6px; object-fit: cover; }
.tray li > .icon { padding: 7px; background: var(--sunken); }
.tray div { display: grid; min-width: 60px; max-width: 150px; }
.tray b { overflow: hidden; font-weight: 550; text-overflow: ellipsis; white-space: nowrap; }
.tray small { color: var(--muted); font-size: var(--size-small); }
.tray progress { width: 100%; height: 5px; margin-block: 6px; accent-color: var(--action); }
.tray .lost { flex-wrap: wrap; border-color: var(--danger); }
.tray .lost div { max-width: 190px; }
.tray .lost small { color: var(--danger); }
.tray button { display: grid; flex: none; place-items: center; width: 30px; height: 30px; border: 0; border-radius: 50%; background: none; color: var(--muted); }
.tray button:hover { background: var(--sunken); color: var(--text); }
.tray button .icon { width: 18px; height: 18px; }
.tray .wrong { margin-block-end: 6px; padding-inline: 8px; }
@media (pointer: coarse) { .tray button { width: 40px; height: 40px; } }`;

/** Why a file cannot be sent, as the key of a text. Undefined: it can. */
export const refusal = ({ name, type, size }) => {
  if (!NAMES.test(name) && !IMAGES.test(type)) return Text.FileKind;
  if (size > MOST_BYTES) return Text.FileTooLarge;
};

const items = [];
const list = el("ul");
const notices = el("div", { role: "alert" });
/** What the panel has handed over last. */
let panel;

const tell = () => {
  list.hidden = items.length === 0;
  const files = items.flatMap(({ reference }) => reference ?? []);
  const is_busy = items.some(({ request }) => request);
  panel.report({ type: "files", files, is_busy, is_whole: files.length === items.length });
};

const named = (key, name) => panel.text(key).replace("{name}", name);

const notice = (words) => notices.append(el("p", { className: "wrong" }, words));

const drop = (item) => {
  items.splice(items.indexOf(item), 1);
  item.request?.abort();
  URL.revokeObjectURL(item.preview);
  item.element.remove();
  tell();
};

/** What stands at a file: its size, how far it is, or what went wrong. */
const show = (item) => {
  const { element, name, size, preview, wrong, request } = item;
  const picture = preview ? el("img", { src: preview, alt: "" }) : icon(PAGE);
  const below = wrong ? el("small", { role: "alert" }, wrong) : request ? item.progress : el("small", {}, panel.sizeOf(size));
  const remove = button("", icon(CROSS), () => {
    drop(item);
    document.querySelector(".composer textarea")?.focus();
  });
  remove.setAttribute("aria-label", named(Text.RemoveFile, name));
  const again = button("", icon(AGAIN), () => upload(item));
  again.setAttribute("aria-label", `${panel.text(Text.Retry)}: ${name}`);
  element.className = wrong ? "lost" : "";
  element.replaceChildren(picture, el("div", {}, el("b", { dir: "auto", title: name }, name), below), ...(wrong && item.file && !item.isFinal ? [again] : []), remove);
};

const fail = (item, { status, code, wait }) => {
  item.request = null;
  // What the server has judged it judges again in the same way.
  item.isFinal = status === 413 || status === 415;
  const keys = { 413: Text.FileTooLarge, 415: Text.FileKind };
  item.wrong = wait ? panel.text(Text.TryAgain).replace("{name}", panel.inWords(wait)) : named(keys[status] ?? Text.FileFailed, item.name);
  if (code === "visitor_blocked") panel.report({ type: "problem", code });
  show(item);
  tell();
};

const upload = async (item) => {
  const { file, name } = item;
  const request = new XMLHttpRequest();
  Object.assign(item, { request, wrong: null, progress: el("progress", { max: 1, value: 0, "aria-label": named(Text.Uploading, name) }) });
  show(item);
  tell();
  let session;
  try {
    session = await panel.enter();
  } catch (error) {
    return fail(item, error);
  }
  // Taken away meanwhile.
  if (item.request !== request || !items.includes(item)) return;
  request.open("POST", panel.addressOf("upload"));
  request.setRequestHeader("authorization", `Bearer ${session}`);
  // A second try of one that did arrive gets the first one's reply.
  request.setRequestHeader("idempotency-key", item.key);
  request.responseType = "json";
  request.upload.onprogress = ({ loaded, total }) => (item.progress.value = loaded / total);
  request.onloadend = () => {
    if (!items.includes(item)) return;
    const { status, response } = request;
    if (status !== 200) return fail(item, { status, code: response?.code, wait: +request.getResponseHeader("retry-after") });
    Object.assign(item, { request: null, reference: response });
    show(item);
    tell();
  };
  const form = new FormData();
  form.append("file", file, name);
  request.send(form);
};

const add = (item) => {
  item.element = el("li");
  items.push(item);
  list.append(item.element);
};

const take = (file) => {
  if (items.length >= MOST_FILES) return notice(named(Text.FilesTooMany, MOST_FILES));
  const refused = refusal(file);
  if (refused !== undefined) return notice(named(refused, file.name));
  const preview = IMAGES.test(file.type) ? URL.createObjectURL(file) : undefined;
  const item = { file, name: file.name, size: file.size, preview, key: `file-${Date.now()}-${Math.random()}` };
  add(item);
  upload(item);
};

const takeUploaded = (reference) => {
  const { filename, size, content_type, url } = reference;
  const item = { reference, name: filename, size, preview: IMAGES.test(content_type) ? url : undefined };
  add(item);
  show(item);
};

/** `given`: files, or what the server has said of some; null: those that are uploaded have gone out; undefined: show what there is. */
export default (given) => {
  panel = given;
  dress(STYLE);
  const { place, given: files } = panel;
  place.replaceChildren(notices, list);
  list.setAttribute("aria-label", panel.text(Text.Attachments));
  if (files !== undefined) notices.replaceChildren();
  if (files === null) for (const item of items.filter(({ reference }) => reference)) drop(item);
  else if (files) for (const file of files) file instanceof File ? take(file) : takeUploaded(file);
  else items.forEach(show);
  tell();
};
