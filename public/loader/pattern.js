// Which pages a nudge is about, as core/nudge/pattern.rs judges it: a path, host and path, or a whole address; `*` for any characters;
// the query counts where the pattern has a `?`.
export const fits = (pattern, page) => {
  if (!pattern) return true;
  if (!URL.canParse(page)) return false;
  const { pathname, search, host, protocol } = new URL(page);
  let address = pattern.includes("?") ? pathname + search : pathname;
  if (!pattern.startsWith("/")) address = host + address;
  if (pattern.includes("://")) address = `${protocol}//${address}`;
  return matches(pattern, address);
};

/** Each piece where it comes first: no going back, so no pattern takes for ever. */
const matches = (pattern, text) => {
  const [first, ...pieces] = pattern.split("*");
  const last = pieces.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let read = first.length;
  for (const piece of pieces) {
    const at = text.indexOf(piece, read);
    if (at < 0) return false;
    read = at + piece.length;
  }
  return text.length - last.length >= read && text.endsWith(last);
};
