// Adds up what the test runners themselves printed, and ends with one plain line:
//
//   node tools/sum-tests.mjs FOLDER_OF_LOGS [FAILED_STEP…]
//
// Before that line the failed tests stand by name, because who reads a long log from its end should not have to search; and those that
// passed at the second try only, because they hide something.
// Exit code 1 when a test or a step failed, or when nothing was counted at all.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, ...failedSteps] = process.argv.slice(2);
const failures = new Set();
const unsteady = new Set();
const total = { passed: 0, failed: 0, skipped: 0 };

// cargo test and wasm-bindgen's runner: "test result: ok. 3 passed; 0 failed; 0 ignored; …".
const LIBTEST = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/;
// nextest: "Summary [ 1.2s] 9 tests run: 8 passed (1 slow), 1 failed, 2 skipped".
const NEXTEST = /^\s*Summary \[[^\]]*\] .*tests? run:(.*)$/;
// Playwright: its closing lines, one per outcome: "  12 passed (30.1s)".
const PLAYWRIGHT = /^\s{2}(\d+) (passed|failed|flaky|skipped|interrupted|did not run)\b/;
const PLAYWRIGHT_OUTCOME = { passed: "passed", flaky: "passed", failed: "failed", interrupted: "failed", skipped: "skipped", "did not run": "skipped" };

// node --test, as TAP: "# pass 12".
const NODE = /^# (pass|fail|cancelled|skipped|todo) (\d+)$/;
const NODE_OUTCOME = { pass: "passed", fail: "failed", cancelled: "failed", skipped: "skipped", todo: "skipped" };

// "test core::x ... FAILED", nextest's "FAIL [ 1.2s] server core::x", Node's "not ok 3 - title".
const FAILURE = [/^test (\S+) \.\.\. FAILED/, /^\s+(?:FAIL|TIMEOUT|SIGABRT|SIGSEGV) \[[^\]]*\]\s+(.*)$/, /^not ok \d+ - (.*)$/];

for (const name of readdirSync(folder)) {
  // eslint-disable-next-line no-control-regex
  const text = readFileSync(join(folder, name), "utf8").replace(/\x1b\[[0-9;]*m/g, "");
  for (const line of text.split("\n")) count(line, name);
  if (name.startsWith("end-to-end")) for (const { title, reason } of reasons(text)) (flaky(text).has(title) ? unsteady : failures).add(reason);
}

function count(line, file) {
  for (const pattern of FAILURE) {
    const match = pattern.exec(line);
    if (match) failures.add(`${file.replace(/\.log$/, "")}: ${match[1].trim()}`);
  }
  const libtest = LIBTEST.exec(line);
  if (libtest) {
    add({ passed: libtest[1], failed: libtest[2], skipped: libtest[3] });
    return;
  }
  const nextest = NEXTEST.exec(line);
  if (nextest) {
    for (const [, number, word] of nextest[1].matchAll(/(\d+) (passed|failed|timed out|exec failed|skipped)/g)) {
      add({ [word === "passed" || word === "skipped" ? word : "failed"]: number });
    }
    return;
  }
  const node = file.startsWith("script") && NODE.exec(line);
  if (node) add({ [NODE_OUTCOME[node[1]]]: node[2] });
  const playwright = file.startsWith("end-to-end") && PLAYWRIGHT.exec(line);
  if (playwright) add({ [PLAYWRIGHT_OUTCOME[playwright[2]]]: playwright[1] });
}

// Playwright tells why under a heading of its own: "  1) file.spec.ts:3:1 › title ───", a blank line, the error, and the failing line behind ">".
function reasons(text) {
  return text
    .split(/^ {2}\d+\) /m)
    .slice(1)
    .map((part) => {
      const lines = part.split("\n");
      const title = lines[0].replace(/[ ─]+$/, "");
      const error = lines.slice(1).find((line) => /^ {4}\S/.test(line)) ?? "";
      const place = lines.find((line) => /^\s*> *\d+ \|/.test(line)) ?? "";
      return { title, reason: `${title}\n    ${error.trim()}\n    ${place.trim()}` };
    });
}

// Playwright's closing lines name under "  2 flaky" what passed at a later try: "    [product] › file.spec.ts:3:1 › title ───".
function flaky(text) {
  const lists = text.matchAll(/^ {2}\d+ flaky\n((?: {4}.*\n)+)/gm);
  return new Set([...lists].flatMap(([, names]) => names.split("\n").map((name) => name.trim().replace(/[ ─]+$/, ""))));
}

function add(numbers) {
  for (const [word, number] of Object.entries(numbers)) total[word] += Number(number);
}

for (const test of unsteady) console.log(`unsteady, passed at the second try: ${test}`);
for (const failure of failures) console.log(`failed: ${failure}`);
if (failedSteps.length > 0) console.log(`steps that failed: ${failedSteps.join(", ")}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(failedSteps.length > 0 || total.failed > 0 || total.passed === 0 ? 1 : 0);
