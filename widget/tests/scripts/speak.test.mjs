// Reading aloud by the browser: in which voice, how fast, and how long its voices are waited for.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const spoken = [];
let known = [];
const speech = Object.assign(new EventTarget(), {
  getVoices: () => known,
  speak: ({ lang, rate, voice }) => spoken.push({ lang, rate, voice: voice?.name }),
  cancel() {},
});
class Utterance {
  constructor(text) {
    this.text = text;
  }
}
Object.assign(globalThis, { speechSynthesis: speech, SpeechSynthesisUtterance: Utterance, Text: {} });

const { default: speak, voiceNamed } = await import("../../parts/speak.js");

const voices = (...names) => names.map((name) => ({ name, lang: "de_DE" }));
const LONGEST_WAIT = 1_000;

/** A button beside a message; pressing it reads aloud, and stops. */
const buttonOf = (voice, reported = []) => {
  const place = {
    pressed: undefined,
    setAttribute: (name, value) => name === "aria-pressed" && (place.pressed = value === "true"),
    closest: () => ({ querySelector: () => ({ cloneNode: () => ({ querySelectorAll: () => [], textContent: "Hello" }) }) }),
  };
  const press = () => speak({ place, given: 1, config: { voice }, text: () => "", locale: "de-AT", report: (word) => reported.push(word) });
  return { place, press };
};
const listed = (...names) => {
  known = voices(...names);
  speech.dispatchEvent(new Event("voiceschanged"));
};

mock.timers.enable({ apis: ["setTimeout"] });
let button;
beforeEach(() => {
  // Whatever the test before has left is over.
  if (button?.place.pressed) button.press();
  spoken.length = 0;
  known = [];
});

test("a voice is found by its name, spelled alike where there is none spelled so", () => {
  const names = voices("ANNA", "Anna", "Petra");
  assert.equal(voiceNamed("Anna", "de", names), names[1]);
  assert.equal(voiceNamed("anna", "de-AT", names), names[0]);
  assert.equal(voiceNamed("pETRA", "de", names), names[2]);
  assert.equal(voiceNamed("alloy", "de", names), undefined);
});

test("a voice of another language is not taken, nor one that tells none", () => {
  const english = { name: "Anna", lang: "en-US" };
  const german = { name: "anna", lang: "de-DE" };
  assert.equal(voiceNamed("Anna", "de", [english, { name: "Anna" }]), undefined);
  assert.equal(voiceNamed("Anna", "de", [english, german]), german);
});

test("where the site asks for nothing, no voice is waited for", () => {
  button = buttonOf(undefined);
  button.press();
  assert.deepEqual(spoken, [{ lang: "de-AT", rate: undefined, voice: undefined }]);
});

test("a speed alone waits for no voice either", () => {
  button = buttonOf({ speak: false, transcribe: true, speed: "2" });
  button.press();
  assert.deepEqual(spoken, [{ lang: "de-AT", rate: 2, voice: undefined }]);
});

test("voices that are known are taken at once", () => {
  known = voices("Anna");
  button = buttonOf({ name: "Anna" });
  button.press();
  assert.equal(spoken[0].voice, "Anna");
});

test("voices that come late are waited for, and then it is read once", () => {
  button = buttonOf({ name: "Anna" });
  button.press();
  assert.ok(button.place.pressed);
  assert.deepEqual(spoken, []);
  listed("Anna");
  listed("Anna", "Petra");
  mock.timers.tick(LONGEST_WAIT);
  assert.deepEqual(spoken, [{ lang: "de-AT", rate: undefined, voice: "Anna" }]);
});

test("voices that never come are not waited for longer than a visitor waits", () => {
  button = buttonOf({ name: "Anna", speed: "0.5" });
  button.press();
  mock.timers.tick(LONGEST_WAIT - 1);
  assert.deepEqual(spoken, []);
  mock.timers.tick(1);
  assert.deepEqual(spoken, [{ lang: "de-AT", rate: 0.5, voice: undefined }]);
  listed("Anna");
  assert.equal(spoken.length, 1);
});

test("a browser that tells nobody of its voices is asked again after a while", () => {
  const { addEventListener } = speech;
  speech.addEventListener = undefined;
  button = buttonOf({ name: "Anna" });
  button.press();
  known = voices("Anna");
  mock.timers.tick(LONGEST_WAIT);
  speech.addEventListener = addEventListener;
  assert.equal(spoken[0].voice, "Anna");
});

test("what was stopped while the voices were waited for is not read", () => {
  button = buttonOf({ name: "Anna" });
  button.press();
  button.press();
  assert.ok(!button.place.pressed);
  listed("Anna");
  mock.timers.tick(LONGEST_WAIT);
  assert.deepEqual(spoken, []);
});
