// The site's look on the document's root, through the CSS object model: the frame's content security policy allows no style in markup.
// The owner's colours are made readable: text never falls below the contrast of WCAG 2.2 AA, whatever was configured.

import { config, siteNow } from "./boot.js";

const TEXT_CONTRAST = 4.55;
/** Where white is at least this readable, the owner means white; the colour is deepened until it is enough. */
const WHITE_INTENDED = 2.6;

const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const INK = [22, 22, 30];
const NIGHT = [23, 24, 30];
const PAPER = [236, 237, 241];
const RED = [199, 38, 51];

/** `#rgb` or `#rrggbb` as three channels. */
export const parseColor = (text) => {
  const [, short, long] = /^#(?:([\da-f]{3})|([\da-f]{6}))$/i.exec(text) ?? [];
  const digits = short ? short.replace(/./g, "$&$&") : long;
  return digits && [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
};

export const toCss = (color) => `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;

/** A colour with a share of another. */
const mix = (color, other, share) => color.map((channel, at) => channel + (other[at] - channel) * share);

const luminance = (color) => {
  const [red, green, blue] = color.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

export const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const isDark = (color) => contrast(color, WHITE) > contrast(color, BLACK);

/** Moves towards another colour until it can be read on a ground. */
const readable = (color, ground, towards, wanted = TEXT_CONTRAST) => {
  for (let step = 0; step <= 20; step++) {
    const moved = mix(color, towards, step / 20);
    if (contrast(moved, ground) >= wanted) return moved;
  }
  return towards;
};

/** A ground and the colour of the text on it. */
const filled = (color) => (contrast(WHITE, color) >= WHITE_INTENDED ? [readable(color, WHITE, BLACK), WHITE] : [color, INK]);

/** The colours of the style sheet's custom properties, and whether the panel is dark. */
export const palette = (style, wantsDark) => {
  const primary = parseColor(style.primary_color) ?? INK;
  const configured = parseColor(style.bg_color) ?? WHITE;
  const surface = wantsDark && !isDark(configured) ? NIGHT : configured;
  const dark = isDark(surface);
  const font = parseColor(style.font_color);
  const isFontReadable = font && contrast(font, surface) >= 7;
  const text = isFontReadable ? font : readable(dark ? PAPER : INK, surface, dark ? WHITE : BLACK, 7);
  let sunken = mix(surface, text, dark ? 0.09 : 0.05);
  // On a middling ground there is no contrast to give away: the other shade goes away from the text.
  if (contrast(text, sunken) < 5) sunken = mix(surface, dark ? BLACK : WHITE, 0.1);
  const legible = (color) => readable(readable(color, sunken, text), surface, text);
  const [accent, onAccent] = filled(primary);
  const [action, onAction] = filled(parseColor(style.button_color) ?? primary);
  return {
    dark,
    colors: {
      surface,
      sunken,
      raised: mix(surface, WHITE, dark ? 0.06 : 0.6),
      line: mix(surface, text, dark ? 0.16 : 0.11),
      edge: readable(mix(surface, text, 0.2), surface, text, 3.05),
      text,
      muted: legible(mix(surface, text, 0.6)),
      accent,
      "accent-deep": mix(accent, BLACK, 0.16),
      "on-accent": onAccent,
      "accent-text": legible(primary),
      "accent-tint": mix(surface, primary, dark ? 0.22 : 0.09),
      action,
      "on-action": onAction,
      focus: readable(primary, surface, text, 3.05),
      glow: parseColor(style.glow_color) ?? primary,
      danger: legible(RED),
    },
  };
};

let style;
let theme;
let system;

const paint = () => {
  const wanted = theme ?? style.theme;
  const { dark, colors } = palette(style, wanted === "dark" || (wanted !== "light" && system.matches));
  const root = document.documentElement;
  for (const name in colors) root.style.setProperty(`--${name}`, toCss(colors[name]));
  const { corner_style: corner, drop_shadow: shadow, glow_size: glow, glow_strength: glowStrength, position } = style;
  const scheme = (root.style.colorScheme = dark ? "dark" : "light");
  Object.assign(root.dataset, { scheme, corner, shadow, glow, glowStrength, position });
};

/** Shows the site's look; in the theme that the host page asks for, else in the site's own. */
export const dress = async (message = {}) => {
  if (message.theme) theme = message.theme;
  // A preview in the dashboard shows what is chosen there.
  if (message.config) theme = null;
  await config();
  ({ style } = siteNow());
  if (!system) {
    system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", paint);
  }
  paint();
};
