// Two short notes for a message that comes while nobody looks: made by the browser, no file is fetched.

const NOTES = [
  [659.3, 0],
  [880, 0.12],
];
const LENGTH = 0.3;

const play = () => {
  // Of its own for each message: one that the browser kept silent must not be heard later.
  const context = new AudioContext();
  setTimeout(() => context.close(), 1_000);
  const start = context.currentTime;
  for (const [frequency, delay] of NOTES) {
    const tone = new OscillatorNode(context, { frequency });
    const loudness = new GainNode(context, { gain: 0 });
    const at = start + delay;
    loudness.gain.linearRampToValueAtTime(0.12, at + 0.015);
    loudness.gain.setTargetAtTime(0, at + 0.05, 0.07);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + LENGTH);
  }
};

/** Several tabs hear of the same message: one of them is enough, where the browser lets them know of each other. */
export default () => {
  if (!navigator.locks) return play();
  const hold = new Promise((resolve) => setTimeout(resolve, 1_000));
  const sole = (lock) => {
    if (!lock) return undefined;
    play();
    return hold;
  };
  navigator.locks.request("parlance:sound", { ifAvailable: true }, sole).catch(play);
};
