import { Command, configure, MemoryAdapter, queue, silentLogger } from "mandate";
import { dashboard } from "mandate/web";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { recipes, stripping, type Mounted } from "./recipes.ts";

class Ship extends Command.initializeWith((order: number) => ({ order })) {
  call(): void {}
}

const ODD = "a/b c";

beforeEach(() =>
  configure({ adapter: new MemoryAdapter({ logger: silentLogger }), logger: silentLogger }),
);

/** As a browser sends a form, over plain HTTP to an address. */
function form(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { origin: new URL(url).origin },
    redirect: "manual",
  });
}

async function until<Value extends Mounted>(mounted: Promise<Value>): Promise<Value> {
  const there = await mounted;
  onTestFinished(() => there.close());
  return there;
}

describe.each(Object.entries(recipes))("mounted in %s", (_name, recipe) => {
  it("answers at both slashes, with links that lead back into it", async () => {
    const { url } = await until(recipe(dashboard({ authorize: "open", basePath: "/jobs" })));

    for (const path of ["/jobs", "/jobs/", "/jobs/queues", "/jobs/queues/"]) {
      const page = await fetch(`${url}${path}`);
      expect([path, page.status]).toEqual([path, 200]);
      const text = await page.text();
      const links = [...text.matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(([, link]) => link);
      expect(links.filter((link) => !/^(?:\/jobs|data:)/.test(link ?? ""))).toEqual([]);
      const [, style = ""] = /href="([^"]+style[^"]+)"/.exec(text) ?? [];
      expect((await fetch(`${url}${style}`)).status).toBe(200);
    }
  });

  it("takes forms, behind a body parser too, and names with a slash", async () => {
    const { url } = await until(recipe(dashboard({ authorize: "open", basePath: "/jobs" })));
    await queue(ODD).pause();

    const page = await fetch(`${url}/jobs/queues/q?name=${encodeURIComponent(ODD)}`);
    expect(await page.text()).toContain(`>${ODD}</h1>`);
    const answer = await form(`${url}/jobs/queues`, {
      action: "resume",
      name: ODD,
      back: "/queues",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/^\/jobs\/queues\?said=/);
    expect(await queue(ODD).isPaused()).toBe(false);
  });

  it("takes several ticks, and JSON", async () => {
    const { url } = await until(recipe(dashboard({ authorize: "open", basePath: "/jobs" })));
    const [first, second] = [await Ship.defer(1), await Ship.defer(2)];

    const answer = await fetch(`${url}/jobs/jobs`, {
      method: "POST",
      body: JSON.stringify({ action: "kill", jid: [first.id, second.id] }),
      headers: {
        origin: new URL(url).origin,
        "content-type": "application/json",
        accept: "application/json",
      },
    });

    expect(await answer.json()).toMatchObject({ done: 2, asked: 2 });
  });
});

it("stays inside its public path behind a proxy that strips it", async () => {
  const jobs = dashboard({
    authorize: "open",
    basePath: "/jobs",
    publicPath: "/admin/jobs",
    trustProxy: true,
  });
  const app = await until((recipes["node:http"] as (typeof recipes)[string])(jobs));
  const proxy = await until(stripping("/admin", app.url));

  const page = await (await fetch(`${proxy.url}/admin/jobs/queues`)).text();
  const links = [...page.matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(([, link]) => link);
  expect(links.filter((link) => !/^(?:\/admin\/jobs|data:)/.test(link ?? ""))).toEqual([]);

  const answer = await form(`${proxy.url}/admin/jobs/queues`, { action: "pause", name: "a" });
  expect(answer.headers.get("location")).toMatch(/^\/admin\/jobs\//);
  expect(await queue("a").isPaused()).toBe(true);
});

it("says where it was mounted wrongly", async () => {
  const jobs = dashboard({ authorize: "open", basePath: "/jobs" });

  const answer = await jobs(new Request("http://jobs.test/queues"));

  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("was handed a path that does not begin so");
});
