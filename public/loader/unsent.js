// What the visitor has written and the server has not acknowledged: kept for as long as this tab lives, so that a reload loses
// no word, and other tabs do not send it a second time.
export const unsentOf = (chat) => {
  const key = () => chat.storageKey("unsent:");
  let last;
  const keep = (unsent) => {
    last = unsent;
    try {
      if (unsent?.draft || unsent?.files?.length || unsent?.messages.length) sessionStorage.setItem(key(), JSON.stringify(unsent));
      else sessionStorage.removeItem(key());
    } catch {
      // Storage is blocked or full: it lasts as long as this page.
    }
  };
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key())) ?? last;
    } catch {
      return last;
    }
  };
  return { keep, read };
};
