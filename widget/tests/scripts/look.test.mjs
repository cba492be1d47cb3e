import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBrowser, reply, settle } from "./browser.mjs";

const { requests, root } = makeBrowser({ dark: true });
const { preview } = await import("../../src/boot.js");
const { contrast, dress, palette, parseColor, toCss } = await import("../../src/look.js");

const style = (primary, background, font) => ({
  primary_color: primary,
  bg_color: background,
  font_color: font,
  button_color: primary,
  position: "bottom-right",
  corner_style: "rounded",
  drop_shadow: "soft",
  glow_size: "none",
  glow_strength: "none",
  theme: "auto",
});
const usual = style("#4338ca", "#ffffff", "#1c1b29");

test("colours are read and written", () => {
  assert.equal(toCss(parseColor("#4338ca")), "#4338ca");
  assert.equal(toCss(parseColor("#0AF")), "#00aaff");
  for (const text of ["", "#", "4338ca", "#12345", "#ggg", "#äää", "red;}", undefined, null]) assert.equal(parseColor(text), undefined);
});

test("contrast follows the guidelines", () => {
  const of = (one, other) => contrast(parseColor(one), parseColor(other));
  assert.ok(Math.abs(of("#ffffff", "#000000") - 21) < 0.01);
  assert.ok(Math.abs(of("#ffffff", "#767676") - 4.54) < 0.01);
  assert.ok(Math.abs(of("#4338ca", "#ffffff") - 7.9) < 0.05);
});

test("every text is readable whatever was configured", () => {
  const colors = ["#ffffff", "#000000", "#ffff00", "#4338ca", "#777777", "#ff0000", "#00ff88", "#fde", "#123", "no"];
  const pairs = [
    ["text", "surface", 4.5],
    ["text", "sunken", 4.5],
    ["muted", "surface", 4.5],
    ["muted", "sunken", 4.5],
    ["accent-text", "sunken", 4.5],
    ["accent-text", "surface", 4.5],
    ["on-accent", "accent", 4.5],
    ["on-action", "action", 4.5],
    ["danger", "surface", 4.5],
    ["edge", "surface", 3],
    ["focus", "surface", 3],
  ];
  for (const primary of colors)
    for (const background of colors)
      for (const font of colors)
        for (const dark of [false, true]) {
          const found = palette(style(primary, background, font), dark).colors;
          // As it is shown: in whole steps of a channel.
          const shown = (name) => parseColor(toCss(found[name]));
          for (const [text, ground, wanted] of pairs) {
            const is = contrast(shown(text), shown(ground));
            assert.ok(is >= wanted, `${text} on ${ground} is ${is}: ${primary} on ${background}, text ${font}, dark ${dark}`);
          }
        }
});

test("a bright brand keeps white text where white was meant", () => {
  const onAccent = (primary) => toCss(palette(style(primary, "#ffffff", "#1c1b29"), false).colors["on-accent"]);
  assert.equal(onAccent("#3b82f6"), "#ffffff");
  assert.notEqual(onAccent("#ffd400"), "#ffffff");
  assert.equal(toCss(palette(style("#ffd400", "#ffffff", "#1c1b29"), false).colors.accent), "#ffd400");
});

test("dark is dark and an owner's dark ground stays", () => {
  assert.equal(palette(usual, true).dark, true);
  assert.equal(palette(usual, false).dark, false);
  const own = palette(style("#4338ca", "#0b1020", "#e8eaf6"), false);
  assert.equal(own.dark, true);
  assert.equal(toCss(own.colors.surface), "#0b1020");
});

test("the page's theme goes before the site's, and auto follows the system", async () => {
  requests.find(({ address }) => address.startsWith("/widget/config")).resolve(reply({ style: usual }));
  await dress();
  assert.equal(root.dataset.scheme, "dark", "the system is dark");
  await dress({ type: "set_theme", theme: "light" });
  assert.equal(root.dataset.scheme, "light");
  assert.equal(root.style["--surface"], "#ffffff");
  await dress({ type: "open" });
  assert.equal(root.dataset.scheme, "light", "other words change nothing");
  const config = { style: { ...usual, theme: "dark", corner_style: "pill" } };
  preview(config);
  await dress({ type: "preview", config });
  assert.equal(root.dataset.scheme, "dark");
  assert.equal(root.dataset.corner, "pill");
  await settle();
});
