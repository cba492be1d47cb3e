// The pages that are visited: one without a widget, one with the floor, one with Parlance. They live at shop.localhost and the widgets at
// another site, as in production.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import { brotliCompressSync } from "node:zlib";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
const minified = (name) => execFileSync("esbuild", ["--minify", "--target=es2022", "--loader=js"], { input: read(name) });

/** The panels' inputs and the launchers, for every widget measured here. */
const SELECTORS = { launcher: "button", input: "textarea" };

export class Pages {
  #server;
  #files = new Map();

  /** `tag`: the snippet that a site owner pastes. */
  static async start(tag) {
    const pages = new Pages();
    const html = "text/html; charset=utf-8";
    pages.#file("/loader.js", "text/javascript", minified("floor/loader.js"));
    pages.#file("/panel", html, read("floor/panel.html"));
    await new Promise((resolve) => pages.#server.listen(0, "127.0.0.1", resolve));
    const { port } = pages.#server.address();
    const host = read("host.html");
    const add = (name, snippet) => {
      const path = `/${name}`;
      pages.#file(path, html, host.replace("{{TAG}}", () => snippet));
      return { name, url: `http://shop.localhost:${port}${path}`, ...SELECTORS };
    };
    pages.control = add("control", "");
    pages.floor = add("floor", `<script async src="http://widget.localhost:${port}/loader.js" data-key="k"></script>`);
    pages.parlance = add("parlance", tag);
    return pages;
  }

  constructor() {
    this.#server = http.createServer((request, response) => {
      const file = this.#files.get(new URL(request.url, "http://shop").pathname);
      if (!file) {
        response.writeHead(404, { "content-length": 0 }).end();
        return;
      }
      const packed = /\bbr\b/.test(request.headers["accept-encoding"] ?? "");
      const body = packed ? file.packed : file.plain;
      const encoding = packed ? { "content-encoding": "br" } : {};
      response.writeHead(200, { "content-type": file.type, "content-length": body.length, "cache-control": "no-store", ...encoding }).end(body);
    });
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #file(path, type, text) {
    const plain = Buffer.from(text);
    this.#files.set(path, { type, plain, packed: brotliCompressSync(plain) });
  }
}
