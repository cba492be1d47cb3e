import { test as base } from "@playwright/test";
import { Api } from "./api.ts";
import { Dashboard } from "./dashboard.ts";
import { Hosts } from "./hosts.ts";
import { Model } from "./model.ts";
import { Server } from "./server.ts";
import { Watch } from "./watch.ts";

type Test = {
  watch: Watch;
  /** An operator, signed in, in a browser of their own. */
  operator: Dashboard;
};
type Worker = {
  /** Answers by itself. */
  server: Server;
  api: Api;
  /** Answers with the scripted model. */
  modelled: { server: Server; api: Api; model: Model };
  hosts: Hosts;
};

export const test = base.extend<Test, Worker>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 30_000 },
  ],
  api: [async ({ server }, use) => use(await new Api(server.origin).signIn()), { scope: "worker" }],
  modelled: [
    async ({}, use) => {
      const model = await Model.start();
      const server = await Server.start(model.settings);
      await use({ server, model, api: await new Api(server.origin).signIn() });
      await server.stop();
      await model.stop();
    },
    { scope: "worker", timeout: 30_000 },
  ],
  hosts: [
    async ({}, use) => {
      const hosts = await Hosts.start();
      await use(hosts);
      await hosts.stop();
    },
    { scope: "worker" },
  ],
  watch: async ({ page }, use) => use(await Watch.of(page)),
  operator: async ({ browser, server }, use) => {
    const operator = await Dashboard.open(browser, server.origin);
    await use(await operator.signIn());
    await operator.close();
  },
});
export { expect } from "@playwright/test";

export const BIKES = [
  { question: "How long do I have to return a bike?", answer: "You have **30 days** to return a bike, with the original invoice." },
  {
    title: "Workshop",
    text: "Our workshop is open from Tuesday to Saturday. A full inspection costs 89 euros and takes two days. Punctures are repaired while you wait.",
  },
];
