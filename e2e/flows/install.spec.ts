// "Check my install": an owner learns what is wrong with a page, mends it, and sees that it works.
import { violations } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";

test("a page without the tag, with another site's, and as it should be", async ({ operator, hosts, api }) => {
  const site = await api.site();
  const { page } = operator;
  await page.goto(`${operator.origin}/dashboard/sites/ch_${site.slug}/install`);
  const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "Check my install" }) });
  const look = async (given: Parameters<typeof hosts.page>[0]) => {
    await card.getByLabel("Address of your page").fill(hosts.page(given).replace("shop.localhost", "127.0.0.1"));
    await card.getByRole("button", { name: "Check" }).click();
  };
  await look({});
  await expect(card.getByRole("alert")).toContainText("does not work");
  await expect(card.getByRole("listitem")).toContainText("Paste it just before </body>");
  await look({ head: site.tag.replace(site.slug, "another") });
  await expect(card.getByRole("listitem")).toContainText(`This site is site_${site.slug}`);
  expect(await violations(page)).toEqual([]);
  await look({ head: site.tag });
  await expect(card.getByRole("status")).toContainText("The chat is installed on");
  await expect(card.getByRole("listitem")).toHaveCount(0);

  // What cannot be asked is said at the field.
  await card.getByLabel("Address of your page").fill("http://10.0.0.1/");
  await card.getByRole("button", { name: "Check" }).click();
  await expect(card.getByRole("alert")).toBeVisible();
});
