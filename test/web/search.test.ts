// What is found, and how far was looked for it. Numbers are those of docs/dashboard.md, "What is tested".
import {
  Command,
  configure,
  contextAttributes,
  deferAll,
  globalId,
  queue,
  reference,
  silentLogger,
} from "mandate";
import { Worker } from "mandate/worker";
import { expect, it } from "vitest";
import { TestLease } from "../../src/adapter-contract/test-lease.ts";
import { onEachStore, type TestedStore } from "../inspection/on-each-store.ts";
import { onSqlite } from "./on-sql-stores.ts";
import { Visitor } from "./visitor.ts";

interface User {
  readonly id: number;
}

const Current = contextAttributes<{ actor: User }>("Search::Current");

class Remind extends Command.initializeWith((about: unknown) => ({ about })) {
  static {
    this.queueAs("mail");
    this.keepFinished("1 day");
    this.retryIn(() => 3_600);
  }

  call(): void {
    const { fails } = this.about as { fails?: boolean };
    if (fails === true) throw new Error("no");
  }
}

class Bury extends Remind {
  static {
    this.queueAs("mail");
    this.retry(0);
  }
}

const RECORD = "gid://app/User/42";
/** Looked at for one page. */
const LOOKED_AT = 10_000;
const MANY = 20_000;

function tests(store: TestedStore): void {
  it("13: finds a record's jobs in all places, nested or in the context, and nothing else", async () => {
    configure({
      adapter: store.adapter,
      logger: silentLogger,
      contextAttributes: [Current],
      appName: "app",
    });
    globalId.register("User", { find: (id) => ({ id: Number(id) }) });
    const user = (id: number): User => reference("User", id) as unknown as User;
    const nested = (id: number, fails = false): unknown => ({
      fails,
      deep: [{ user: user(id) }],
    });

    const wanted: Record<string, string> = {};
    // The other's id begins as the wanted one's does.
    for (const id of [42, 421]) {
      const found: Record<string, string> = id === 42 ? wanted : {};
      found["retry"] = (await Remind.defer(nested(id, true))).id;
      found["dead"] = (await Bury.defer(nested(id, true))).id;
      found["finished"] = (await Remind.defer(nested(id))).id;
      found["context"] = (
        await Current.run({ actor: user(id) }, () => Bury.defer({ fails: true }))
      ).id;
      found["scheduled"] = (await Remind.defer(nested(id), { wait: "1 hour" })).id;
    }
    const worker = new Worker({ queues: ["mail"] });
    await worker.start();
    await expect.poll(() => store.adapter.store.size({ set: "finished" })).toBe(2);
    await expect.poll(() => store.adapter.store.size({ set: "dead" })).toBe(4);
    await expect.poll(() => store.adapter.store.size({ set: "retry" })).toBe(2);
    await worker.stop();
    for (const id of [42, 421]) {
      const found: Record<string, string> = id === 42 ? wanted : {};
      const first = await Remind.set({ queue: "held" }).defer(nested(id));
      found["running"] = first.id;
      found["blocked"] = (await Remind.defer(nested(id), { prereqJobs: [first] })).id;
      found["queue"] = (await Remind.defer(nested(id))).id;
    }
    const lease = await TestLease.open(store.adapter, { identity: "held:1:a", ttl: 60 });
    await lease.fetch(2, ["held"]);

    const visitor = new Visitor({ recordUrl: () => "/users/42" });
    const { jobs } = await visitor.json<{ jobs: Found[] }>(`/jobs?q=${encodeURIComponent(RECORD)}`);

    expect(jobs.map(({ jid }) => jid).toSorted()).toEqual(Object.values(wanted).toSorted());
    const places = new Map(jobs.map(({ jid, place }) => [jid, place]));
    const { context, ...others } = wanted;
    expect(places.get(context ?? "")).toBe("dead");
    for (const [place, jid] of Object.entries(others)) expect(places.get(jid)).toBe(place);
    const { text } = await visitor.get(`/jobs/j?jid=${wanted["queue"]}`);
    expect(text).toContain('href="/users/42"');
    // A jid leads to its job.
    const straight = await visitor.get(`/jobs?q=${wanted["queue"]}`);
    expect([straight.status, straight.headers.get("location")]).toEqual([
      302,
      `/jobs/j?jid=${wanted["queue"]}`,
    ]);
    await lease.close();
  });

  it("14: looks at so many jobs and no more, says so, and goes on where that is wished", async () => {
    const number = (index: number): unknown => (index === MANY - 2 ? "needle" : index);
    for (let from = 0; from < MANY; from += 5_000) {
      const some = Array.from({ length: 5_000 }, (_, index) =>
        Remind.prepare(number(from + index)),
      );
      await deferAll(some);
    }
    expect(await queue("mail").size()).toBe(MANY);
    const visitor = new Visitor();
    const found: unknown[] = [];
    let seen = 0;
    let path: string | undefined = "/jobs?place=queue&q=needle";
    while (path !== undefined) {
      const { text } = await visitor.get(path);
      const page: Page = await visitor.json<Page>(path);
      expect(page.seen).toBeLessThanOrEqual(LOOKED_AT);
      const looked = `Looked at ${page.seen.toLocaleString("en")}`;
      expect(text).toContain(page.next === undefined ? looked : `${looked}, there are more`);
      const [, next] = /<a rel="next" href="([^"]+)">/.exec(text) ?? [];
      expect(next === undefined).toBe(page.next === undefined);
      found.push(...page.jobs);
      seen += page.seen;
      path = next?.replaceAll("&amp;", "&");
    }
    expect([seen, found.length]).toEqual([MANY, 1]);

    // The first page of all is no search: it looks at what it shows.
    expect((await visitor.json<Page>("/jobs?place=queue")).seen).toBe(25);
  });
}

onEachStore("searching the dashboard", tests);
onSqlite("searching the dashboard", tests);

interface Found {
  readonly jid: string;
  readonly place: string;
}

interface Page {
  readonly jobs: readonly unknown[];
  readonly seen: number;
  readonly next?: string;
}
