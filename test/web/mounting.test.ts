import { configure, MemoryAdapter, queue, silentLogger } from "mandate";
import { dashboard } from "mandate/web";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { form, itIsMounted, linksOutOf } from "./mounted.ts";
import { recipes, stripping, type Mounted } from "./recipes.ts";

beforeEach(() =>
  configure({ adapter: new MemoryAdapter({ logger: silentLogger }), logger: silentLogger }),
);

async function until<Value extends Mounted>(mounted: Promise<Value>): Promise<Value> {
  const there = await mounted;
  onTestFinished(() => there.close());
  return there;
}

describe.each(Object.entries(recipes))("mounted in %s", (_name, recipe) => {
  itIsMounted(() => until(recipe(dashboard({ authorize: "open", basePath: "/jobs" }))));
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
  expect(linksOutOf("/admin/jobs", page)).toEqual([]);

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
