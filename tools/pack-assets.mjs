// Turns what Trunk left behind and the files of public/ into dist/, which the server embeds:
//
//   node tools/pack-assets.mjs TRUNK_OUTPUT DIST
//
// Each app becomes one page, one script (start code and wasm-bindgen glue bundled and minified), one wasm module and its style sheets,
// named by their contents so that they can be cached for ever; the widget's languages are files of their own besides. Every
// compressible file gets a brotli twin.
// Prints what visitors download, and fails when a byte budget is exceeded.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const LOADER_BUDGET = 3_072;
const PANEL_BUDGET = 92_160;
/** What an open panel fetches besides when a visitor uses what few use: the heaviest of its parts. */
const PANEL_PART_BUDGET = 6_144;
/** The texts that come with the first of them, in the heaviest language. */
const PART_TEXTS_BUDGET = 1_536;
/** What the loader adds to a page on which somebody shows interest. */
const LOADER_PARTS_BUDGET = 9_000;
const LOADER_PARTS = ["panel", "nudges", "inline"];
const BUILD_TARGET = "--target=es2022,chrome111,firefox114,safari16.4";
const RIGHT_TO_LEFT = ["ar", "he"];
const COMPRESSIBLE = new Set([".css", ".html", ".ico", ".js", ".json", ".map", ".md", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"]);

const [trunkOutput, dist] = process.argv.slice(2);
if (!trunkOutput || !dist) {
  console.error("usage: node tools/pack-assets.mjs TRUNK_OUTPUT DIST");
  process.exit(2);
}

rmSync(dist, { recursive: true, force: true });
packApp("widget");
packApp("dashboard");
packPublic("public");
for (const file of filesBelow(dist)) compress(file);
report();

/** One app: Trunk's unhashed output in, content-named files and a page without inline script out. */
function packApp(app) {
  const from = join(trunkOutput, app);
  const to = join(dist, app);
  const base = `/${app}/assets/`;
  mkdirSync(to, { recursive: true });

  const wasm = onlyFile(from, "_bg.wasm");
  const glue = wasm.replace(/_bg\.wasm$/, ".js");
  const { module, names } = shrink(join(from, wasm), readFileSync(join(from, glue), "utf8"));
  checkModule(`${app}/${wasm}`, module);
  const wasmName = place(to, `${app}.wasm`, module);
  writeFileSync(join(from, glue), names);
  const { version, texts } = packLanguages(app, to);
  const parts = packParts(app, to, texts);

  const start = `import start from "./${glue}";\nawait start({ module_or_path: new URL("./${wasmName}", import.meta.url) });\n`;
  const script = bundle(from, start, [`--define:LANGUAGE_VERSION="${version}"`, `--define:PARTS=${JSON.stringify(parts)}`, ...texts]);
  const scriptName = place(to, `${app}.js`, script);

  for (const file of filesBelow(from)) {
    const name = relative(from, file);
    if (name === "index.html" || name === wasm || name === glue || name.startsWith("snippets/") || name.startsWith(".stage")) continue;
    if (extname(name) !== ".css") copy(file, join(to, name));
  }
  const page = packStyles(readFileSync(join(from, "index.html"), "utf8"), from, to, app, base);
  packPage(app, to, packInline(startWith(page, app, base, scriptName, wasmName)));
}

/** The page, and one for each other language of the app: what is said before the texts come is said by the page itself. */
function packPage(app, to, page) {
  const languages = filesBelow(join(app, "locales")).filter((file) => dirname(file) === join(app, "locales"));
  if (languages.length === 0) return writeFileSync(join(to, "index.html"), page);
  for (const file of languages) {
    const language = basename(file, ".json");
    const texts = JSON.parse(readFileSync(file, "utf8"));
    const worded = page.replace(/"\{(\w+)\}"/g, (_, key) => {
      if (typeof texts[key] !== "string" || /["<&]/.test(texts[key])) throw new Error(`${app}/index.html asks for the text ${key}, which ${file} has not, or not plain`);
      return `"${texts[key]}"`;
    });
    const direction = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
    writeFileSync(join(to, language === "en" ? "index.html" : `index-${language}.html`), worded.replace(`lang="en" dir="ltr"`, `lang="${language}" dir="${direction}"`));
  }
}

/** What stands in the page itself, of which every byte comes before anything is to be seen. */
function packInline(page) {
  const shortened = (loader) => (_, open, text, close) => open + minified(text, loader).toString().trim() + close;
  return page.replace(/(<style>)([^<]+)(<\/style>)/g, shortened("css")).replace(/(<script>)([^<]+)(<\/script>)/g, shortened("js"));
}

/** The page's style sheets as one, in their order: a single request, and what they have in common is compressed away. */
function packStyles(page, from, to, app, base) {
  const links = [...page.matchAll(/<link[^>]*\brel="stylesheet"[^>]*>/g)].map(([link]) => link);
  const sheets = links.map((link) => {
    const [, name] = new RegExp(`href="${base}([^"]+)"`).exec(link) ?? [];
    if (!name) throw new Error(`${app}/index.html has a style sheet of another place: ${link}`);
    return readFileSync(join(from, name), "utf8");
  });
  const placed = place(to, `${app}.css`, minified(sheets.join("\n"), "css"));
  const [first, ...others] = links;
  const alone = others.reduce((text, link) => text.replace(link, ""), page);
  return alone.replace(first, `<link rel="stylesheet" href="${base}${placed}">`);
}

/**
 * Takes away what a library exports and nobody calls (streams of wasm-streams, which Leptos brings along), and gives what crosses between
 * script and module short names: wasm-bindgen's carry a hash each, which no compression can shorten.
 */
function shrink(wasmFile, glue) {
  const folder = mkdtempSync(join(tmpdir(), "parlance-pack."));
  try {
    const [graph, reached, small] = ["graph.json", "reached.wasm", "small.wasm"].map((name) => join(folder, name));
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(wasmFile))).map(({ name }) => name);
    const wanted = exported.filter((name) => !/^(__wbg_)?intounderlying/.test(name));
    writeFileSync(graph, JSON.stringify(wanted.map((name) => ({ name: `root ${name}`, root: true, export: name }))));
    binaryen("wasm-metadce", [wasmFile, "--graph-file", graph, "--output", reached]);
    const options = [reached, "--minify-imports-and-exports-and-modules", "-Oz", "--output", small];
    const { imports, exports } = JSON.parse(binaryen("wasm-opt", options));
    return { module: readFileSync(small), names: rename(glue, imports, exports) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Takes wasm-bindgen's glue to the short names: its own imports under them, and those of other modules handed on. */
function rename(glue, imports, exports) {
  const own = imports.filter(([module]) => module.endsWith("_bg.js"));
  const others = imports.filter(([module]) => !module.endsWith("_bg.js"));
  const short = new Map(own.map(([, name, short]) => [name, short]));
  const exported = new Map(exports);
  const objects = new Map([...glue.matchAll(/^ +"([^"]+)": (import\d+),$/gm)].map(([, module, object]) => [module, object]));
  const ownObject = [...objects].find(([module]) => module.endsWith("_bg.js"))?.[1];
  const handed = others.map(([module, name, short]) => `${short}: ${objects.get(module)}.${name}`);
  const renamed = glue
    .replace(/return \{\s+__proto__: null,\s+(?:"[^"]+": import\d+,\s+)+\};/, `return { a: { ...${ownObject}, ${handed.join(", ")} } };`)
    .replace(/\bwasm\.([\w$]+)/g, (whole, name) => (exported.has(name) ? `wasm.${exported.get(name)}` : whole))
    .replace(/\b[\w$]+(?=: function\()/g, (name) => short.get(name) ?? name);
  const lost = [...short.values()].filter((name) => !new RegExp(`^ +${name.replace(/\$/g, "\\$")}: function\\(`, "m").test(renamed));
  if (lost.length > 0 || !renamed.includes("return { a: {")) throw new Error(`wasm-bindgen writes its glue in another way: ${lost.join(", ")} not found`);
  return renamed;
}

function binaryen(tool, options) {
  const features = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
  return execFileSync(tool, [...features.map((name) => `--enable-${name}`), ...options], { encoding: "utf8", maxBuffer: 1 << 26 });
}

/**
 * The texts of each language as a list, in the order of the English file, and those that only parts show as a second one (`locales/parts/`),
 * which goes on where the first one ends; all under one version. `texts` lets scripts name them: `Text.Save` becomes a position of the lists.
 * None: the app has no such files.
 */
function packLanguages(app, to) {
  const folder = join(app, "locales");
  if (!existsSync(folder)) return { version: "", texts: [] };
  const read = (file) => JSON.parse(readFileSync(file, "utf8"));
  const kinds = [
    ["language", folder],
    ["parts", join(folder, "parts")],
  ].map(([name, place]) => ({ name, place, keys: Object.keys(read(join(place, "en.json"))) }));
  const lists = kinds.flatMap(({ name, place, keys }) =>
    readdirSync(place)
      .filter((file) => extname(file) === ".json")
      .sort()
      .map((file) => {
        const texts = read(join(place, file));
        return [`${name}-${basename(file, ".json")}`, JSON.stringify(keys.map((key) => texts[key]))];
      }),
  );
  const version = hash(JSON.stringify(lists));
  mkdirSync(to, { recursive: true });
  for (const [name, list] of lists) writeFileSync(join(to, `${name}-${version}.json`), list);
  return { version, texts: kinds.flatMap(({ keys }) => keys).map((key, position) => `--define:Text.${key}=${position}`) };
}

/** What an app fetches when it is first used: each script of its parts/ that exports a part, bundled, under a name of its contents. */
function packParts(app, to, texts) {
  const parts = filesBelow(join(app, "parts")).filter((file) => /^export default /m.test(readFileSync(file, "utf8")));
  return Object.fromEntries(
    parts.map((file) => {
      const code = esbuild([file, "--bundle", "--format=esm", "--minify", BUILD_TARGET, "--legal-comments=none", ...texts]);
      return [basename(file, ".js"), `./${place(to, `parts/${basename(file)}`, code)}`];
    }),
  );
}

/** Replaces Trunk's start script and preload links. What other scripts stand in a page is named in its content security policy by its hash. */
function startWith(page, app, base, scriptName, wasmName) {
  const withoutTrunk = page
    .replace(/<script type="module"[^>]*>(?:(?!<\/script>)[\s\S])*TrunkApplicationStarted(?:(?!<\/script>)[\s\S])*<\/script>/, "")
    .replace(/<link rel="(?:modulepreload|preload)"[^>]*>/g, (link) => (/_bg\.wasm|\/snippets\//.test(link) || link.includes(`${base}${app}.js`) ? "" : link));
  const links =
    `<link rel="preload" href="${base}${wasmName}" as="fetch" type="application/wasm" crossorigin>` +
    `<script type="module" src="${base}${scriptName}"></script>`;
  if (!withoutTrunk.includes("</head>")) throw new Error(`${app}/index.html has no </head>`);
  return withoutTrunk.replace("</head>", `${links}</head>`).replace(/\s*\n\s*/g, "\n");
}

/** wasm-opt can write a module that no engine loads when features are chosen wrongly: compile it here already. */
function checkModule(name, bytes) {
  const module = new WebAssembly.Module(bytes);
  if (WebAssembly.Module.customSections(module, "name").length > 0) {
    throw new Error(`${name} still carries its function names: data-wasm-opt-params in index.html lacks --strip-debug`);
  }
}

function packPublic(from) {
  const version = packLoaderParts(join(from, "loader"));
  for (const file of filesBelow(from)) {
    const to = join(dist, "public", relative(from, file));
    if (dirname(file) === join(from, "loader")) continue;
    mkdirSync(dirname(to), { recursive: true });
    if (file === join(from, "widget.js")) {
      writeFileSync(to, minified(nameParts(readFileSync(file, "utf8"), version)));
    } else if ([".js", ".mjs", ".css"].includes(extname(file))) {
      writeFileSync(to, esbuild([file, "--minify", BUILD_TARGET, "--legal-comments=none"]));
    } else {
      copy(file, to);
    }
  }
}

/**
 * What the loader fetches when somebody shows interest: each part bundled, under its plain name and under one with a hash, which all of them
 * share, so that the loader has to carry only one. Returns that hash.
 */
function packLoaderParts(from) {
  const to = join(dist, "public", "loader");
  mkdirSync(to, { recursive: true });
  const parts = LOADER_PARTS.map((name) => ({
    name,
    code: esbuild([join(from, `${name}.js`), "--bundle", "--format=esm", "--minify", BUILD_TARGET, "--legal-comments=none"]),
  }));
  const version = hash(Buffer.concat(parts.map(({ code }) => code)));
  for (const { name, code } of parts) {
    for (const placed of [name, `${name}-${version}`]) writeFileSync(join(to, `${placed}.js`), code);
  }
  return version;
}

/** Writes the hash of the parts' names into the loader. */
function nameParts(loader, version) {
  const plain = `const VERSION = "";`;
  if (loader.split(plain).length !== 2) throw new Error(`public/widget.js does not name its parts' version once, as ${plain}`);
  return loader.replace(plain, `const VERSION = "-${version}";`);
}

function minified(text, loader = "js") {
  return execFileSync("esbuild", ["--minify", BUILD_TARGET, "--legal-comments=none", `--loader=${loader}`, "--log-level=warning"], { input: text, maxBuffer: 1 << 26 });
}

function bundle(folder, entry, options) {
  return execFileSync("esbuild", [...options, "--bundle", "--format=esm", "--minify", BUILD_TARGET, "--legal-comments=none", "--log-level=warning", "--log-override:duplicate-object-key=silent", "--loader=js"], {
    input: entry,
    cwd: folder,
    maxBuffer: 1 << 26,
  });
}

function esbuild(options) {
  return execFileSync("esbuild", [...options, "--log-level=warning"], { maxBuffer: 1 << 26 });
}

/** Writes a file under a name that carries the hash of its contents, and returns that name. */
function place(folder, name, contents) {
  const extension = extname(name);
  const placed = `${name.slice(0, -extension.length)}-${hash(contents)}${extension}`;
  const path = join(folder, placed);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
  return placed;
}

function hash(contents) {
  return createHash("sha256").update(contents).digest("hex").slice(0, 16);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function onlyFile(folder, ending) {
  const found = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (found.length !== 1) throw new Error(`${folder} holds ${found.length} files ending in ${ending}, expected one`);
  return found[0];
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

function compress(file) {
  if (!COMPRESSIBLE.has(extname(file))) return;
  const contents = readFileSync(file);
  const packed = brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });
  if (packed.length < contents.length) writeFileSync(`${file}.br`, packed);
}

/** Bytes on the wire: the brotli twin where there is one. */
function weight(file) {
  return statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size;
}

/** What one app downloads before it can be used: its page and its texts in one language (the heaviest count), and what they refer to. */
function appFiles(app) {
  const files = filesBelow(join(dist, app));
  const [page] = heaviest(files.filter((file) => extname(file) === ".html"));
  const isPart = (file) => dirname(file).endsWith("parts");
  return [page, ...files.filter((file) => [".js", ".css", ".wasm"].includes(extname(file)) && !isPart(file)), ...heaviestTexts(files, "language")];
}

/** Of the lists of texts of one kind, that of the language that takes the most bytes. */
function heaviestTexts(files, kind) {
  const lists = files.filter((file) => basename(file).startsWith(`${kind}-`) && extname(file) === ".json");
  return heaviest(lists);
}

function heaviest(files) {
  return files.sort((a, b) => weight(b) - weight(a)).slice(0, 1);
}

function report() {
  const loader = join(dist, "public", "widget.js");
  const sums = [
    ["loader", existsSync(loader) ? [loader] : [], LOADER_BUDGET],
    ["loader's parts", LOADER_PARTS.map((name) => join(dist, "public", "loader", `${name}.js`)), LOADER_PARTS_BUDGET],
    ["panel", appFiles("widget"), PANEL_BUDGET],
    ["parts' texts", heaviestTexts(filesBelow(join(dist, "widget")), "parts"), PART_TEXTS_BUDGET],
    ...filesBelow(join(dist, "widget", "parts"))
      .filter((file) => extname(file) === ".js")
      .map((file) => ["panel's part", [file], PANEL_PART_BUDGET]),
    ["dashboard", appFiles("dashboard"), Infinity],
  ].map(([name, files, budget]) => ({ name, files, budget, bytes: files.reduce((sum, file) => sum + weight(file), 0) }));

  const number = (value) => value.toLocaleString("en-US").padStart(10);
  console.log("\n   bytes to download      raw     brotli     budget");
  for (const { name, files, budget, bytes } of sums) {
    for (const file of files) {
      const label = basename(file).replace(/-[0-9a-f]{16}\./, ".").slice(0, 16);
      console.log(`     ${label.padEnd(16)}${number(statSync(file).size)} ${number(weight(file))}`);
    }
    const verdict = bytes > budget ? "  OVER" : "";
    console.log(`   ${name.padEnd(18)}${" ".repeat(10)} ${number(bytes)} ${budget === Infinity ? "         –" : number(budget)}${verdict}`);
  }
  if (!existsSync(loader)) throw new Error("public/widget.js, the loader, is missing");
  const over = sums.filter(({ bytes, budget }) => bytes > budget);
  if (over.length > 0) {
    console.error(`\nfailed: over the byte budget: ${over.map(({ name }) => name).join(", ")}`);
    process.exit(1);
  }
}
