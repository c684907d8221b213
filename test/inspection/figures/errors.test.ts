import { deflateSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { errors } from "../../../src/inspection/figures/errors.ts";
import { scheduledSet } from "../../../src/inspection/lists/job-set.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const FAR = Date.now() / 1000 + 86_400;

let adapter: MemoryAdapter;
let jobs = 0;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
});

describe("errors", () => {
  it("groups by class, error and place, the most frequent first", async () => {
    await dead({ command: "Convert", at: ["at call (/app/convert.ts:3:1)"], failed: 100.5 });
    await dead({ command: "Send", failed: 90.5, retried: 120.5, message: "again" });
    await dead({ command: "Send", failed: 80.5, message: "first" });
    await dead({ command: "Send", failed: 95.5, at: ["at call (/app/send.ts:9:1)"] });
    await dead({ command: "Send", failed: 95.5, error: "TypeError" });

    const groups = await errors({}, {}, adapter);

    expect(groups).toHaveLength(4);
    expect(groups[0]).toEqual({
      className: "Send",
      errorClass: "RangeError",
      place: undefined,
      message: "again",
      count: 2,
      inRetry: 0,
      dead: 2,
      queues: ["default"],
      firstSeen: new Date(80_500),
      lastSeen: new Date(120_500),
    });
    expect(groups.map(({ place }) => place)).toContain("/app/convert.ts:3");
    expect(groups.map(({ place }) => place)).toContain("/app/send.ts:9");
  });

  it("counts jobs in retry and dead ones together", async () => {
    await dead({ command: "Send", failed: 90.5 });
    await inRetry({ command: "Send", failed: 95.5 });

    expect(await errors({}, {}, adapter)).toMatchObject([{ count: 2, inRetry: 1, dead: 1 }]);
  });

  it("passes over times that are none", async () => {
    await dead({ command: "Send", failed: 1e300 });
    await dead({ command: "Send", failed: 90.5 });

    const [group] = await errors({}, {}, adapter);

    expect([group?.count, group?.firstSeen, group?.lastSeen]).toEqual([
      2,
      new Date(90_500),
      new Date(90_500),
    ]);
  });

  it("looks at the selected ones only", async () => {
    await dead({ command: "Send", failed: 90.5 });
    await dead({ command: "Convert", failed: 90.5 });

    expect(await errors({ command: "Convert" }, {}, adapter)).toMatchObject([
      { className: "Convert", count: 1 },
    ]);
  });

  it("passes over dead jobs that never failed", async () => {
    await adapter.enqueue([{ jid: "a1", queue: "default", payload: "{}", at: FAR }]);
    await scheduledSet(adapter).killAll();

    expect(await errors({}, {}, adapter)).toEqual([]);
  });

  it("shows a failure that says nothing of itself but its class", async () => {
    await dead({ command: "Send", message: undefined });

    expect(await errors({}, {}, adapter)).toMatchObject([
      { message: "", firstSeen: undefined, lastSeen: undefined },
    ]);
  });

  it("finds places however many backtraces differ", async () => {
    const differing = Array.from({ length: 1_100 }, (_, index) => [
      `at x (node:${index})`,
      "at call (/app/send.ts:9:1)",
    ]);
    for (const at of differing) await dead({ command: "Send", at });

    expect(await errors({}, {}, adapter)).toMatchObject([
      { count: 1_100, place: "/app/send.ts:9" },
    ]);
  });
});

interface Failed {
  readonly command: string;
  readonly error?: string;
  readonly message?: string | undefined;
  readonly failed?: number;
  readonly retried?: number;
  readonly at?: readonly string[];
}

function payloadOf({
  command,
  error = "RangeError",
  message,
  failed,
  retried,
  at,
}: Failed): string {
  return JSON.stringify({
    class: "MandateJob",
    args: [command],
    queue: "default",
    error_class: error,
    error_message: message,
    failed_at: failed,
    retried_at: retried,
    ...(at && { error_backtrace: deflateSync(JSON.stringify(at)).toString("base64") }),
  });
}

async function dead(failed: Failed): Promise<void> {
  jobs += 1;
  const payload = payloadOf(failed);
  await adapter.enqueue([{ jid: `job${jobs}`, queue: "default", payload, at: FAR }]);
  await scheduledSet(adapter).kill(`job${jobs}`);
}

async function inRetry(failed: Failed): Promise<void> {
  jobs += 1;
  await adapter.enqueue([{ jid: `job${jobs}`, queue: "default", payload: "{}" }]);
  const lease = await adapter.lease({
    identity: `w${jobs}`,
    ttl: Infinity,
    info: { hostname: "", pid: 0, tag: "", startedAt: 0.5, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => undefined,
    onDue: () => undefined,
  });
  const { jobs: fetched } = await lease.exchange([], { queues: undefined, limit: 1 });
  const [queue, payload] = ["default", payloadOf(failed)];
  await lease.exchange(
    fetched.map((job) => ({ job, jid: `job${jobs}`, kind: "retry", payload, queue, at: FAR })),
  );
}
