// Waiting before another try, which something that happens may cut short.

export const FIRST_WAIT = 1_000;
export const LONGEST_WAIT = 30_000;

/** The next wait after one that was in vain. */
export const longer = (wait) => Math.min(wait * 2, LONGEST_WAIT);

const pauses = new Set();

/** Waits for so long, or until `wake`. */
export const pause = (milliseconds) =>
  new Promise((resolve) => {
    pauses.add(resolve);
    setTimeout(() => resolve(pauses.delete(resolve)), milliseconds);
  });

/** Ends all pauses: there is reason to try again now. */
export const wake = () => {
  for (const end of pauses) end();
  pauses.clear();
};
