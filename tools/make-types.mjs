// Writes the TypeScript types of the npm package from the committed description of the widget's API, which is made from shared/:
//
//   node tools/make-types.mjs          writes sdk/js/api.d.ts
//   node tools/make-types.mjs --check  says with its exit code whether that file is current
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const FILE = fileURLToPath(new URL("sdk/js/api.d.ts", root));
/** Shapes that travel in no request and so are in no surface's own description. */
const OF_PAGES = /^Chat(Options|Theme|Mode|State|Unread|Nudge|Detail)$/;
const HEAD = "// Made by tools/make-types.mjs from server/openapi/, which is made from the shapes in shared/. Not to be edited.\n";

// Where e2e/ has its packages: tools/ has none of its own.
const require = createRequire(new URL("e2e/package.json", root));
const { compile } = require("json-schema-to-typescript");

const read = (name) => JSON.parse(readFileSync(new URL(`server/openapi/${name}.json`, root), "utf8"));
const schemas = read("widget").components.schemas;
for (const [name, schema] of Object.entries(read("all").components.schemas)) {
  if (OF_PAGES.test(name)) schemas[name] = schema;
}
const definitions = JSON.parse(JSON.stringify(schemas).replaceAll("#/components/schemas/", "#/definitions/"));
const options = { additionalProperties: false, bannerComment: HEAD, unreachableDefinitions: true, format: true, style: { printWidth: 140 } };
const compiled = await compile({ title: "Definitions", type: "object", definitions }, "Definitions", options);
const text = compiled
  .replace(/export interface Definitions \{\}\n/, "")
  .replace(/\/\*\*\n \* This interface was referenced by .*\n \* via .*\n \*\/\n/g, "")
  .replace(/ \*\n \* This interface was referenced by .*\n \* via .*\n/g, "");

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error("sdk/js/api.d.ts is stale; run: make types");
  process.exit(1);
}
