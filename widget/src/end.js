// The end of the thread: who is there stays there, whatever comes; who has gone up is left alone.

/** Within this distance from the end, the thread follows what is new. */
const NEAR = 80;

let top = 0;
let isAway = false;

export const toEnd = (thread) => {
  thread.scrollTop = thread.scrollHeight;
  top = thread.scrollTop;
};

/** Whether the visitor has left the end, once the thread has moved. Only the visitor moves it upwards: far from the end is also who has just been brought there, and has got more below meanwhile. */
export const leftEnd = (thread) => {
  const { clientHeight, scrollHeight, scrollTop } = thread;
  isAway = scrollHeight - scrollTop - clientHeight >= NEAR && (isAway || scrollTop < top);
  top = scrollTop;
  return isAway;
};

/** Where the thread loses room, to a keyboard, a notice or a long draft, it does so above. */
export const keepEnd = (thread) => {
  let height;
  new ResizeObserver(() => {
    const { clientHeight } = thread;
    if (!isAway) toEnd(thread);
    else thread.scrollTop += Math.max(0, height - clientHeight) || 0;
    top = thread.scrollTop;
    height = clientHeight;
  }).observe(thread);
};
