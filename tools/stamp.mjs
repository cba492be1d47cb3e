// Prints one hash over the contents of files and folders, and over words given after `--`:
//   node tools/stamp.mjs widget shared Cargo.lock -- "rustc 1.95.0"
// A build whose stamp is the same as last time has nothing to do, whatever the files' dates say.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const IGNORED = new Set(["target", "node_modules", "dist", ".git", ".DS_Store"]);

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (!IGNORED.has(name)) yield* filesBelow(join(path, name));
  }
}

const [paths, words] = split(process.argv.slice(2));
const hash = createHash("sha256");
for (const path of paths) {
  for (const file of filesBelow(path)) {
    const contents = readFileSync(file);
    hash.update(`${file}\0${contents.length}\0`).update(contents);
  }
}
for (const word of words) hash.update(`${word}\0`);
console.log(hash.digest("hex"));

function split(all) {
  const end = all.indexOf("--");
  return end < 0 ? [all, []] : [all.slice(0, end), all.slice(end + 1)];
}
