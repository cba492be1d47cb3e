// The emoji that visitors with a keyboard of keys alone have none for. Each is named by the screen reader itself, in its reader's language.
import { button, dress, el, stopsFirst } from "./dom.js";

/** Faces, hands and hearts, people and animals, food, things to do, things, signs: what is written most, in the order of keyboards. */
const GROUPS = [
  "😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😋 😛 😜 🤪 🤗 🤭 🤫 🤔 🤨 😐 😶 😏 😒 🙄 😬 😌 😔 😪 😴 😷 🤒 🤕 🤢 🥵 🥶 🤯 🤠 🥳 😎 🤓 🧐 😕 😟 🙁 😮 😲 😳 🥺 😢 😭 😱 😖 😞 😓 😩 😫 🥱 😤 😡 😠 🤬 💩 👻 🤖",
  "👋 ✋ 👌 🤏 ✌️ 🤞 🤟 🤙 👈 👉 👆 👇 ☝️ 👍 👎 ✊ 👊 👏 🙌 👐 🤝 🙏 💪 👀 🧠 ❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💕 💯 💥 💫 💤",
  "🙋 🤷 🤦 🙇 💁 🙅 🙆 🏃 💃 👶 👪 🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐸 🐵 🐔 🐧 🐦 🦄 🐝 🦋 🐢 🐍 🐬 🐳 🌵 🌲 🍀 🌸 🌹 🌻 🌍 🌙 ⭐ ☀️ ⛅ 🌧️ ⚡ ❄️ 🔥 💧 🌈",
  "🍎 🍌 🍇 🍓 🍒 🍑 🥑 🍅 🥕 🌽 🍞 🧀 🥚 🍔 🍟 🍕 🌮 🥗 🍝 🍣 🍦 🍩 🍪 🎂 🍫 ☕ 🍵 🍺 🍷 🥂",
  "⚽ 🏀 🎾 🏆 🥇 🎮 🎲 🎨 🎵 🎸 🎬 🎉 🎁 🎈 🚗 🚌 🚲 🚚 ✈️ 🚀 ⛵ 🏠 🏢 🏖️ ⛰️",
  "⌚ 📱 💻 ⌨️ 🖨️ 📷 📞 🔋 💡 🔦 💰 💳 📦 ✉️ 📧 📝 📅 📎 📌 📍 🔍 🔒 🔑 🔧 🔨 ⚙️ 🛒 🗑️ ⏰ ⏳",
  "✅ ☑️ ✔️ ❌ ❗ ❓ ⚠️ 🚫 ➕ ➖ ➡️ ⬅️ ⬆️ ⬇️ 🔄 🆗 🆕 🔔 💬 🟢 🟡 🔴",
].map((group) => group.split(" "));

const STYLE = `
.emoji-place { position: relative; z-index: 1; }
.emoji-list { position: absolute; inset: auto 0 6px; max-height: min(264px, 45vh); padding: 10px; overflow-y: auto; overscroll-behavior: contain; border: 1px solid var(--line); border-radius: var(--radius-box); background: var(--raised); box-shadow: var(--shadow); animation: appear var(--quick) ease-out; }
.emoji-list div { display: grid; grid-template-columns: repeat(auto-fill, minmax(36px, 1fr)); }
.emoji-list div + div { margin-block-start: 6px; padding-block-start: 6px; border-block-start: 1px solid var(--line); }
.emoji-list button { height: 36px; padding: 0; border: 0; border-radius: var(--radius-field); background: none; font-size: 21px; line-height: 36px; }
.emoji-list button:hover { background: var(--sunken); }
.emoji-list :focus-visible { outline-offset: -2px; }`;

let close = null;

/** Puts a sign where the visitor writes, in place of what is chosen there. */
const write = (sign) => {
  const area = document.querySelector(".composer textarea");
  if (!area) return;
  const { selectionStart, selectionEnd } = area;
  area.setRangeText(sign, selectionStart, selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  area.focus();
};

/** A key that is still held down has done its work: it must not send what it has just written. */
const letGo = () => {
  const life = new AbortController();
  const options = { capture: true, signal: life.signal };
  const swallow = (event) => {
    if (!event.repeat) return life.abort();
    event.preventDefault();
    event.stopPropagation();
  };
  for (const name of ["keydown", "keyup"]) document.addEventListener(name, swallow, options);
};

/** How many stand in a row, where rows wrap by themselves. */
const columns = (signs) => signs.findIndex(({ offsetTop }) => offsetTop > signs[0].offsetTop) >>> 0;

/** Where an arrow leads from a sign: within its row, or to the one above or below, which may be another group's. */
const next = (groups, from, key) => {
  const all = groups.flat();
  const sideways = document.dir === "rtl" ? -1 : 1;
  const at = all.indexOf(from);
  // The list itself has the focus after a click between its signs.
  if (at < 0) return all[0];
  if (key === "ArrowRight") return all[at + sideways];
  if (key === "ArrowLeft") return all[at - sideways];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return;
  const step = key === "ArrowDown" ? 1 : -1;
  const group = groups.findIndex((signs) => signs.includes(from));
  const width = columns(groups[0]);
  const place = groups[group].indexOf(from);
  if (groups[group][place + step * width]) return groups[group][place + step * width];
  const isLastRow = Math.floor(place / width) === Math.floor((groups[group].length - 1) / width);
  if (step > 0 && !isLastRow) return groups[group].at(-1);
  const other = groups[group + step];
  if (!other) return;
  const column = place % width;
  const row = step > 0 ? 0 : Math.floor((other.length - 1) / width);
  return other[row * width + column] ?? other.at(-1);
};

/** `place`: the button. */
export default ({ place, text }) => {
  if (close) return close();
  // It came late: the visitor writes on.
  if (![place, document.body].includes(document.activeElement)) return;
  dress(STYLE);
  const label = text(Text.Emoji);
  const life = new AbortController();
  const groups = GROUPS.map((group) =>
    group.map((sign) => {
      const choose = () => {
        close();
        write(sign);
        letGo();
      };
      return Object.assign(button("", sign, choose), { tabIndex: -1 });
    }),
  );
  const list = el("div", { className: "emoji-list", role: "dialog", "aria-label": label, tabIndex: -1 }, ...groups.map((signs) => el("div", {}, ...signs)));
  const holder = el("div", { className: "emoji-place" }, list);
  close = () => {
    close = null;
    life.abort();
    holder.remove();
    place.setAttribute("aria-expanded", "false");
  };
  list.onkeydown = (event) => {
    const { key, target, repeat } = event;
    // The panel hears of the next one.
    if (key === "Escape") event.stopPropagation();
    if (stopsFirst(event)) return;
    if (key === "Escape") {
      event.preventDefault();
      close();
      place.focus();
      return;
    }
    // The key that has opened the list chooses nothing.
    if (repeat && key === "Enter") return event.preventDefault();
    const to = /^Arrow|^Home$|^End$/.test(key) && next(groups, target, key);
    if (!to) return;
    event.preventDefault();
    for (const sign of groups.flat()) sign.tabIndex = sign === to ? 0 : -1;
    to.focus();
  };
  // Who turns elsewhere has no use for it any more.
  const leave = ({ target }) => holder.contains(target) || place.contains(target) || close?.();
  for (const name of ["pointerdown", "focusin"]) document.addEventListener(name, leave, { signal: life.signal });
  place.setAttribute("aria-expanded", "true");
  place.closest(".composer").before(holder);
  const [[first]] = groups;
  first.tabIndex = 0;
  first.focus();
};
