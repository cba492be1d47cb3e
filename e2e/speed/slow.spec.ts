// How long a visitor waits on a cheap phone with a poor line, who presses the launcher as soon as it is there.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";

const MEASURE = fileURLToPath(new URL("../../bench/widgets/slow.mjs", import.meta.url));
/** Times the floor's wait, which is measured in the same run: about 1.3 here, and 2.3 before the panel's page had a field of its own. */
const LONGER = 1.7;
const VISITS = 5;

type Visit = { name: string; launcherMs: number; usableMs: number };

test("on a slow line the wait for a panel that can be written in is little longer than for the least of widgets", async () => {
  test.setTimeout(120_000);
  const chromium = process.env.PARLANCE_CHROMIUM ?? process.env.CHROMIUM ?? "/usr/bin/chromium";
  const { stdout } = await promisify(execFile)(process.execPath, [MEASURE, String(VISITS)], { env: { ...process.env, PARLANCE_CHROMIUM: chromium } });
  const visits = stdout.trim().split("\n").map((line) => JSON.parse(line) as Visit);
  const waits = (name: string) => visits.filter((visit) => visit.name === name).map(({ launcherMs, usableMs }) => Math.round(launcherMs + usableMs));
  const [floor, parlance] = [waits("floor"), waits("parlance")];
  console.log(`navigation to launcher and press to usable, in sum, on a slow line: floor ${floor.join(", ")} ms, Parlance ${parlance.join(", ")} ms`);
  expect([floor.length, parlance.length]).toEqual([VISITS, VISITS]);
  // The best of each: what else the machine does only adds to them.
  expect(Math.min(...parlance) / Math.min(...floor)).toBeLessThan(LONGER);
});
