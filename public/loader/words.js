// What the loader itself says, in the panel's languages: open, close, dismiss, unread. Counts stand behind a colon, where no language
// has to bend a word for them. The server reads the same file: a launcher that nobody has shown interest in has its name from the config.
import WORDS from "./words.json";

export const wordsOf = (locale) => {
  const asked = `${locale}`.slice(0, 2).toLowerCase();
  const language = asked in WORDS ? asked : "en";
  const [open, close, dismiss, unread] = WORDS[language];
  const counted = (count) => (language === "en" ? `${count} unread message${count > 1 ? "s" : ""}` : `${unread}: ${count}`);
  return { language, close, dismiss, open: (count) => (count ? `${open}, ${counted(count)}` : open) };
};
