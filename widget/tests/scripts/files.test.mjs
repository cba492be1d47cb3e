import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBrowser, reply, settle } from "./browser.mjs";

const { requests } = makeBrowser();
// In the place of the part: what it is given, and where.
globalThis.taken = [];
globalThis.PARTS = { files: "data:text/javascript,export default ({ place, given }) => taken.push([place.name, given])" };
globalThis.LANGUAGE_VERSION = "1";
const { give, watchFiles } = await import("../../src/files.js");

const tray = (name) => ({ name, isConnected: true });
/** Answers whatever was asked for, and lets all follow from it. */
const goOn = async () => {
  for (let turn = 0; turn < 3; turn++) {
    await settle();
    for (const request of requests.splice(0)) request.resolve(reply([]));
  }
  await settle();
};

test("files that come back before there is a tray, or while it is built anew, are shown in the next one", async () => {
  give(["early.png"]);
  await goOn();
  assert.deepEqual(taken, []);
  const first = tray("first");
  watchFiles(first);
  await goOn();
  assert.deepEqual(taken, [["first", undefined], ["first", ["early.png"]]]);

  taken.length = 0;
  // The thread comes, and with it another composer: the old one is gone a moment before the new one stands.
  first.isConnected = false;
  give(["kept.png"]);
  await goOn();
  assert.deepEqual(taken, []);
  watchFiles(tray("second"));
  await goOn();
  assert.deepEqual(taken, [["second", undefined], ["second", ["kept.png"]]]);
});
