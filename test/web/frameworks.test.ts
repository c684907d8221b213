import { configure, queue, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needsNode } from "../support/needs-node.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { frameworks, installFrameworks, openFramework, type Opened } from "./frameworks.ts";
import { form, itIsMounted, linksOutOf } from "./mounted.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

// AdonisJS 7 needs Node 24, and SvelteKit 3 needs Node 22.
describe.skipIf(needsNode(24) || missing("redis"))("mounted in a program of", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    await installFrameworks();
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
  });
  afterAll(async () => {
    await adapter?.close();
    await server?.dispose();
  });

  describe.each(Object.keys(frameworks))("%s", (name) => {
    let opened: Opened;

    beforeAll(async () => {
      opened = await openFramework(name, server.url);
    });
    afterAll(async () => {
      await opened?.app.close();
      await opened?.behind.close();
    });

    itIsMounted(async () => opened.app);

    it("sends nobody elsewhere for a slash at the end", async () => {
      for (const path of ["/jobs", "/jobs/", "/jobs/queues/"]) {
        const { status } = await fetch(`${opened.app.url}${path}`, { redirect: "manual" });
        expect([path, status]).toEqual([path, 200]);
      }
    });

    it("stays inside its public path behind a proxy that strips it", async () => {
      const page = await (await fetch(`${opened.behind.url}/admin/jobs/queues`)).text();
      expect(linksOutOf("/admin/jobs", page)).toEqual([]);

      const answer = await form(`${opened.behind.url}/admin/jobs/queues`, {
        action: "pause",
        name,
      });
      expect(answer.headers.get("location")).toMatch(/^\/admin\/jobs\//);
      expect(await queue(name).isPaused()).toBe(true);
    });

    it("refuses a form of another site", async () => {
      await queue(name).resume();

      const answer = await fetch(`${opened.app.url}/jobs/queues`, {
        method: "POST",
        body: new URLSearchParams({ action: "pause", name }),
        headers: { origin: "http://elsewhere.test", "sec-fetch-site": "cross-site" },
      });

      expect(answer.status).toBe(403);
      expect(await queue(name).isPaused()).toBe(false);
    });

    it("leaves all other paths to the framework, with its own guards", async () => {
      const answer = await fetch(`${opened.app.url}/orders`, {
        method: "POST",
        body: new URLSearchParams({ a: "1" }),
        headers: { origin: "http://elsewhere.test" },
      });

      expect([answer.status, await answer.text()]).toEqual(frameworks[name]?.elsewhere);
    });
  });
});
