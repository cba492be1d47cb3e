// The dashboard's address says what is shown: by it a page is opened again, sent to a colleague, and left by going back.
import { Dashboard } from "../support/dashboard.ts";
import { BIKES, expect, test } from "../support/fixtures.ts";

const DEVICES = [
  ["desktop", { viewport: { width: 1440, height: 900 } }],
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true }],
] as const;

for (const [device, options] of DEVICES) {
  test(`${device}: the conversation that is opened first, after a reload, and back to the list`, async ({ browser, server, api }) => {
    const site = await api.site({}, BIKES);
    await fetch(`${server.origin}/api/v1/chat/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ site_key: `sk_${site.slug}`, session_id: `visitor-${site.slug}`, message: "How long do I have to return a bike?" }),
    }).then((reply) => reply.text());
    const { data } = await api.conversations(site);
    const operator = await (await Dashboard.open(browser, server.origin, options)).signIn();
    const { page } = operator;
    await operator.openConversation(site.name);
    await expect(page).toHaveURL(`${server.origin}/dashboard/inbox/${data[0]!.id}`);
    await page.reload();
    await expect(operator.message("30 days")).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL(`${server.origin}/dashboard/inbox`);
    await expect(operator.composer).toHaveCount(0);
    await expect(operator.row(site.name)).toBeVisible();
    await page.goForward();
    await expect(operator.message("30 days")).toBeVisible();
    await operator.close();
  });

  test(`${device}: the tabs of the developers' page and of a site`, async ({ browser, server, api }) => {
    const site = await api.site();
    const operator = await (await Dashboard.open(browser, server.origin, options)).signIn();
    const { page } = operator;
    const tab = (name: string) => page.getByRole("navigation", { name: /^Parts of this/ }).getByRole("link", { name, exact: true });
    for (const [start, name, address, sign] of [
      ["developers", "Webhooks", "developers/webhooks", "No endpoint yet"],
      [`sites/${site.publicId}`, "Nudges", `sites/${site.publicId}/nudges`, "No nudge yet"],
    ] as const) {
      await page.goto(`${server.origin}/dashboard/${start}`);
      await tab(name).click();
      await expect(page).toHaveURL(`${server.origin}/dashboard/${address}`);
      await page.reload();
      await expect(page.getByText(sign)).toBeVisible();
      await expect(tab(name)).toHaveAttribute("aria-current", "page");
      await page.goBack();
      await expect(page).toHaveURL(`${server.origin}/dashboard/${start}`);
      await expect(page.getByText(sign)).toHaveCount(0);
    }
    await operator.close();
  });
}
