// Open and closed, in all tabs with the conversation alike.

/** `panel`: whether it is open, and whether it is a part of its page, which nothing closes. */
export const openedOf = ({ panel, isHosted, tell }, tellTabs) => {
  /** Wishes that the host page has not followed yet: what it then says is no news. */
  let asked = 0;
  return {
    /** Another tab was opened or closed. */
    mirror(is_open) {
      if (panel.isInline || !isHosted() || panel.isOpen === is_open) return;
      panel.isOpen = is_open;
      asked += 1;
      tell(is_open ? "open" : "close");
    },
    /** The host page has opened or closed this one. */
    turn(is_open) {
      if (asked > 0) asked -= 1;
      else if (panel.isOpen !== is_open) tellTabs({ type: "open", is_open });
      panel.isOpen = is_open;
    },
  };
};
