// The languages of the panel: which one speaks, its texts (one file per language, fetched when needed), plural forms and the
// browser's own words for numbers and times.

const LANGUAGES = ["ar", "de", "en", "es", "fr", "he", "hi", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh"];
const RIGHT_TO_LEFT = ["ar", "he"];

let texts = [];
/** Those that only parts show: their positions go on where the others end. */
let partTexts = [];
/** In which numbers and times are written. */
export let locale = "en";

/** The language that speaks for a BCP 47 tag: its own, or English. */
export const languageOf = (tag) => {
  const [primary] = tag.toLowerCase().split(/[-_]/);
  return LANGUAGES.includes(primary) ? primary : "en";
};

const fetched = {};
// LANGUAGE_VERSION is put in by tools/pack-assets.mjs: the files never change under their names.
const loadList = async (name) => {
  const reply = await fetch(new URL(`${name}-${LANGUAGE_VERSION}.json`, import.meta.url));
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.json();
};
const fetchList = (name) =>
  (fetched[name] ??= loadList(name).catch((error) => {
    delete fetched[name];
    throw error;
  }));

/** The texts for a tag, in the order of the keys, or English ones: `{ tag, texts }`. Null: none could be had. */
export const fetchTexts = async (tag) => {
  const wanted = languageOf(tag);
  for (const language of new Set([wanted, "en"])) {
    try {
      return { tag: language === wanted ? tag : "en", texts: await fetchList(`language-${language}`) };
    } catch {
      // The next one, then.
    }
  }
  return null;
};

/** Brings the texts that only parts show, in the language that is spoken. */
export const learnPartTexts = async () => {
  const { lang } = document.documentElement;
  const list = await fetchList(`parts-${lang}`);
  // Another language may be spoken by then; its view asks for its own.
  if (document.documentElement.lang === lang) partTexts = list;
};

/** The texts of one language; the document follows it. */
export const adopt = (tag, list) => {
  texts = list;
  const root = document.documentElement;
  root.lang = languageOf(tag);
  root.dir = RIGHT_TO_LEFT.includes(root.lang) ? "rtl" : "ltr";
  // Numbers and times as the visitor's region writes them: the one that was asked for, else the browser's.
  locale = root.lang;
  for (const wish of [tag.replace(/_/g, "-"), ...navigator.languages]) {
    try {
      const { language, region, baseName } = new Intl.Locale(wish);
      if (language !== root.lang || !region) continue;
      locale = baseName;
      return;
    } catch {
      // Not a tag of the standard: the language alone.
    }
  }
};

const given = (key) => texts[key] ?? partTexts[key - texts.length];

/** A text in the plural form that a number asks for; `{count}` becomes the number. */
export const plural = (key, count) => {
  const forms = given(key) ?? {};
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other ?? "";
  return form.replace("{count}", new Intl.NumberFormat(locale).format(count));
};

const UNITS = ["byte", "kilobyte", "megabyte"];

/** The size of a file. */
export const sizeOf = (bytes) => {
  const power = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : 2;
  const format = { style: "unit", unit: UNITS[power], maximumFractionDigits: power > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, format).format(bytes / 1024 ** power);
};

/** A moment as the visitor's region writes it: the day where it is another than today, and the time. */
export const moment = (when, day = { weekday: "long" }) => {
  const date = new Date(when);
  const isToday = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale, { ...(isToday || day), hour: "2-digit", minute: "2-digit" }).format(date);
};

/** A text by its key. */
export const text = (key) => given(key) ?? "";
