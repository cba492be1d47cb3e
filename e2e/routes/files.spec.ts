// What the program serves to browsers, with the headers that let it be used there and nowhere else.
import { brotliCompressSync } from "node:zlib";
import { get } from "node:http";
import { expect, test } from "../support/fixtures.ts";

/** Length of a reply as browsers on https ask for it. */
const bytesOnTheWire = (address: string) =>
  new Promise<number>((resolve, reject) => {
    get(address, { headers: { "accept-encoding": "gzip, deflate, br, zstd" } }, async (reply) => {
      let bytes = 0;
      for await (const piece of reply) bytes += (piece as Buffer).length;
      expect(reply.headers["content-encoding"]).toBe("br");
      resolve(bytes);
    }).on("error", reject);
  });

test("the loader: the same under both names, readable by other origins, small", async ({ request, server }) => {
  const [widget, embed] = await Promise.all(["/widget.js", "/embed.js"].map((path) => request.get(server.origin + path, { headers: { origin: "https://shop.example" } })));
  for (const reply of [widget!, embed!]) {
    expect(reply.status()).toBe(200);
    expect(reply.headers()["content-type"]).toMatch(/^(text|application)\/javascript/);
    expect(reply.headers()["cross-origin-resource-policy"]).toBe("cross-origin");
    expect(reply.headers()["access-control-allow-origin"]).toBe("*");
    expect(reply.headers()["x-content-type-options"]).toBe("nosniff");
    expect(reply.headers()["etag"]).toBeTruthy();
  }
  expect(await widget!.body()).toEqual(await embed!.body());
  expect(brotliCompressSync(await widget!.body()).length).toBeLessThanOrEqual(3072);
  const again = await request.get(`${server.origin}/widget.js`, { headers: { "if-none-match": widget!.headers()["etag"]! } });
  expect(again.status()).toBe(304);
});

test("the config is small, and is served again from the browser's cache", async ({ request, server, api }) => {
  const site = await api.site({ starterQuestions: ["How long do I have to return a bike?", "What does an inspection cost?"] });
  for (const spelling of [site.publicId, `site_${site.slug}`, `bot_${site.slug}`, String(site.id)]) {
    const reply = await request.get(`${server.origin}/widget/config?bot_id=${spelling}`);
    expect(reply.status(), spelling).toBe(200);
    expect((await reply.json()).bot_id).toBe(site.publicId);
  }
  const address = `${server.origin}/widget/config?bot_id=${site.publicId}`;
  expect(await bytesOnTheWire(address)).toBeLessThanOrEqual(1024);
  const reply = await request.get(address);
  const { etag } = reply.headers();
  const again = await request.get(`${server.origin}/widget/config?bot_id=${site.publicId}`, { headers: { "if-none-match": etag! } });
  expect(again.status()).toBe(304);
});

test("the panel's page may be framed by the site's origins only, and runs no inline script that it does not name", async ({ request, server, api }) => {
  const site = await api.site({ allowedOrigins: "https://acme.example,https://*.acme.example" });
  const policy = (await request.get(`${server.origin}/widget/frame?bot_id=${site.publicId}`)).headers()["content-security-policy"]!;
  expect(policy).toMatch(/frame-ancestors [^;]*https:\/\/acme\.example/);
  expect(policy).toContain("https://*.acme.example");
  expect(policy).not.toContain("script-src 'unsafe-inline'");
  expect(/script-src [^;]*/.exec(policy)![0]).not.toContain("'unsafe-inline'");
  for (const path of ["/", "/dashboard", "/dashboard/sites"]) {
    const page = await request.get(server.origin + path);
    expect(page.status(), path).toBe(200);
    expect(page.headers()["content-security-policy"], path).toContain("frame-ancestors 'none'");
  }
});

test("what is named by its contents is kept for ever, in the encoding that the browser takes", async ({ page, server, api }) => {
  const site = await api.site();
  const files: { path: string; headers: Promise<Record<string, string>> }[] = [];
  page.on("response", (response) => files.push({ path: new URL(response.url()).pathname, headers: response.allHeaders() }));
  await page.goto(`${server.origin}/widget/frame?bot_id=${site.publicId}`);
  await expect(page.getByRole("textbox", { name: "Your message" })).toBeVisible();
  const assets = files.filter(({ path }) => path.startsWith("/widget/assets/"));
  expect(assets.some(({ path }) => path.endsWith(".wasm"))).toBe(true);
  for (const { path, headers } of assets) {
    const { "cache-control": caching, "content-encoding": encoding } = await headers;
    expect(caching, path).toContain("immutable");
    expect(encoding, path).toMatch(/^(br|gzip)$/);
  }
});

test("the loader's parts are kept for ever under the names that the loader says, and come under their plain ones too", async ({ request, server }) => {
  const loader = await (await request.get(`${server.origin}/widget.js`)).text();
  const [version] = /-[0-9a-f]{16}/.exec(loader) ?? [];
  expect(version).toBeTruthy();
  for (const part of ["panel", "nudges", "inline"]) {
    const name = part + version;
    const hashed = await request.get(`${server.origin}/loader/${name}.js`, { headers: { origin: "https://shop.example" } });
    expect(hashed.status(), part).toBe(200);
    expect(hashed.headers()["cache-control"], part).toContain("immutable");
    expect(hashed.headers()["access-control-allow-origin"], part).toBe("*");
    expect(hashed.headers()["cross-origin-resource-policy"], part).toBe("cross-origin");
    const plain = await request.get(`${server.origin}/loader/${part}.js`);
    expect(await plain.text(), part).toBe(await hashed.text());
    expect(plain.headers()["cache-control"], part).not.toContain("immutable");
  }
});
