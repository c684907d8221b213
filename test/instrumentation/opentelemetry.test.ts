import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  abort,
  AdapterError,
  Command,
  configure,
  deferAll,
  MemoryAdapter,
  silentLogger,
} from "mandate";
import { startOpenTelemetry, type OpenTelemetryOptions } from "mandate/opentelemetry";
import { describe, expect, it } from "vitest";
import { cancelRun } from "../../src/job/inside/cancellation.ts";
import { channels } from "../../src/job/observe/events.ts";
import { runningJob } from "../../src/job/surroundings/current-job.ts";
import type { JobRun } from "../../src/job/inside/job-run.ts";
import { Rig } from "../job/rig.ts";
import { root, runProgram } from "../repository/program.ts";
import { OpenTelemetryRig } from "./opentelemetry-rig.ts";

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {}
}

class PaperJam extends Error {}

class Print extends Command {
  static {
    this.retry(0);
  }
  call(): void {
    throw new PaperJam("out of paper");
  }
}

interface Shown {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Otlp {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Shown[] }[];
  }[];
}

/** What the collector gets of a web request that defers a command that defers two others. */
async function traceOfRequest(join: "link" | "parent"): Promise<Otlp> {
  const program = resolve(root, "test/instrumentation/programs/trace-of-a-request.ts");
  const { exit, stdout, stderr } = await runProgram(program, { args: [join], deadlineMs: 50_000 });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return JSON.parse(stdout) as Otlp;
}

function spansOf({ resourceSpans }: Otlp): Map<string, Shown> {
  const scopes = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
  return new Map(scopes.flatMap(({ spans }) => spans).map((span) => [span.name, span]));
}

describe("a web request that defers a command that defers two others", () => {
  it(
    "is one trace where runs are to be children, as the docs show it",
    { timeout: 60_000 },
    async () => {
      const otlp = await traceOfRequest("parent");

      const shown = readFileSync(resolve(root, "docs/trace-of-a-request.json"), "utf8");
      const spans = spansOf(otlp);
      const parents = [...spans.values()].map(({ name, parentSpanId: id }) => [
        name,
        [...spans.values()].find(({ spanId }) => spanId === id)?.name,
      ]);
      expect(otlp).toEqual(JSON.parse(shown));
      expect(new Set([...spans.values()].map(({ traceId }) => traceId)).size).toBe(1);
      expect(Object.fromEntries(parents)).toEqual({
        "POST /orders": undefined,
        "send default": "POST /orders",
        "process default": "send default",
        "send payments": "process default",
        "send mailers": "process default",
        "process payments": "send payments",
        "process mailers": "send mailers",
      });
    },
  );

  it(
    "is a trace for each run, linked to what sent it, by default",
    { timeout: 60_000 },
    async () => {
      const spans = spansOf(await traceOfRequest("link"));

      for (const queue of ["default", "payments", "mailers"]) {
        const { traceId, spanId } = spans.get(`send ${queue}`)!;
        const run = spans.get(`process ${queue}`)!;
        expect(run.parentSpanId).toBeUndefined();
        expect(run.links).toMatchObject([{ traceId, spanId }]);
        expect(run.traceId).not.toBe(traceId);
      }
      expect(spans.get("send mailers")?.parentSpanId).toBe(spans.get("process default")?.spanId);
    },
  );
});

describe("startOpenTelemetry", () => {
  it("says of an enqueue what the conventions ask for", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig();

    const job = await Greet.defer("you");

    const span = telemetry.span("send default");
    expect(span.kind).toBe(SpanKind.PRODUCER);
    expect(span.attributes).toEqual({
      "messaging.system": "mandate",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": "default",
      "messaging.message.id": job.id,
      "mandate.job.class": "Greet",
    });
  });

  it("has the record carry the context as Ruby's instrumentation does", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();

    await Greet.defer("you");

    const { traceId, spanId } = telemetry.span("send default").spanContext();
    expect(await rig.only({ queue: "default" })).toMatchObject({
      traceparent: `00-${traceId}-${spanId}-01`,
    });
  });

  it("joins a run to what Ruby sent", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig({ join: "parent" });
    const { record } = Greet.prepare("you");
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await rig.put(JSON.stringify({ ...record, traceparent, tracestate: "vendor=1" }));

    await rig.run();

    const span = telemetry.span("process default");
    expect(span.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(span.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(span.spanContext().traceState?.get("vendor")).toBe("1");
  });

  it("says of a batch how many jobs it had", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig();

    await deferAll([Greet.prepare("a"), Greet.prepare("b")]);

    expect(telemetry.spans.map(({ attributes }) => attributes["mandate.job.batch_size"])).toEqual([
      2, 2,
    ]);
  });

  it("says of a run what the conventions ask for, and how it went", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    const job = await Greet.defer("you");
    rig.elapse(2);

    await rig.run();

    const span = telemetry.span("process default");
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      "messaging.system": "mandate",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": "default",
      "messaging.message.id": job.id,
      "mandate.job.class": "Greet",
      "mandate.job.attempt": 1,
      "mandate.job.latency": expect.closeTo(2, 2) as number,
      "mandate.job.outcome": "done",
    });
  });

  it("records why a run failed", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Print.defer();

    await rig.run();

    const span = telemetry.span("process default");
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: "out of paper" });
    expect(span.attributes).toMatchObject({
      "error.type": "PaperJam",
      "mandate.job.outcome": "dead",
    });
    expect(span.events).toMatchObject([
      { name: "exception", attributes: { "exception.message": "out of paper" } },
    ]);
  });

  it.each<[string, () => unknown, object]>([
    [
      "a code",
      () => Object.assign(new Error("no such file"), { code: "ENOENT" }),
      { "exception.type": "ENOENT", "exception.message": "no such file" },
    ],
    [
      "a code that throws",
      () =>
        Object.defineProperty(new TypeError("odd"), "code", {
          get: () => {
            throw new Error();
          },
        }),
      { "exception.type": "TypeError", "exception.message": "odd" },
    ],
    [
      "nothing that can be read",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
      { "exception.type": "object", "exception.message": "!!! ERROR MESSAGE THREW AN ERROR !!!" },
    ],
    ["undefined", () => undefined, { "exception.type": "undefined" }],
  ])("ends the span of a run whose error has %s", async (what, make, attributes) => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    class Odd extends Command {
      static {
        this.retry(0);
      }
      call(): void {
        throw make();
      }
    }
    await Odd.defer();

    await rig.run();

    const { events } = telemetry.span("process default");
    expect(events).toMatchObject(what === "undefined" ? [] : [{ name: "exception", attributes }]);
  });

  it("says of a run whose job was cancelled that it was, and of no failure", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    class Import extends Command {
      call(): void {
        cancelRun((runningJob() as JobRun).fetched);
        this.signal.throwIfAborted();
      }
    }
    await Import.defer();

    await rig.run();

    const span = telemetry.span("process default");
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({ "mandate.job.outcome": "cancel" });
    expect(await telemetry.points("messaging.process.duration")).toMatchObject([
      { attributes: { "mandate.job.outcome": "cancel" }, value: 1 },
    ]);
  });

  it("is active in the run, with the baggage that came along", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    propagation.disable();
    propagation.setGlobalPropagator({
      inject: (_context, carrier: Record<string, unknown>) => (carrier["baggage"] = "tenant=acme"),
      extract: (from, { baggage }: { baggage?: string }) =>
        propagation.setBaggage(
          from,
          propagation.createBaggage({ tenant: { value: baggage?.split("=")[1] ?? "" } }),
        ),
      fields: () => ["baggage"],
    });
    class Look extends Command {
      static seen: readonly unknown[];
      async call(): Promise<void> {
        await Promise.resolve();
        const { spanId } = trace.getActiveSpan()?.spanContext() ?? {};
        const baggage = propagation.getBaggage(context.active());
        Look.seen = [spanId, baggage?.getEntry("tenant")?.value];
      }
    }
    await Look.defer();

    await rig.run();

    expect(Look.seen).toEqual([telemetry.span("process default").spanContext().spanId, "acme"]);
  });

  it("keeps a span for each run of a job that is retried, all with the same link", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    class Flaky extends Command {
      static {
        this.retryIn(() => 5);
      }
      call(): void {
        if ((this.job?.executions ?? 0) === 0) throw new PaperJam();
      }
    }
    await Flaky.defer();

    await rig.run();
    rig.elapse(5);
    await rig.run();

    const { spanId } = telemetry.span("send default").spanContext();
    const runs = telemetry.spans.filter(({ name }) => name === "process default");
    expect(runs.map(({ attributes }) => attributes["mandate.job.outcome"])).toEqual([
      "retry",
      "done",
    ]);
    expect(runs.map(({ links }) => links[0]?.context.spanId)).toEqual([spanId, spanId]);
  });

  it("records why an enqueue failed", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await rig.adapter.close();

    await expect(Greet.defer("you")).rejects.toThrow(AdapterError);

    expect(telemetry.span("send default")).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "AdapterError" },
    });
  });

  it("says of a duplicate whose it is, and counts it not as sent", async () => {
    new Rig();
    class Once extends Command {
      static {
        this.unique();
      }
      call(): void {}
    }
    const { id } = await Once.defer();
    const telemetry = new OpenTelemetryRig();

    await Once.defer();

    const { attributes } = telemetry.span("send default");
    expect(attributes["mandate.job.duplicate_of"]).toBe(id);
    expect(attributes["messaging.message.id"]).not.toBe(id);
    expect(await telemetry.points("messaging.client.sent.messages")).toEqual([]);
  });

  it("says of a job that a callback halted that it was, and counts it not", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig();
    class Halted extends Command {
      static {
        this.beforeEnqueue(() => {
          throw abort;
        });
      }
      call(): void {}
    }

    await Halted.defer();

    expect(telemetry.span("send default").attributes["mandate.job.halted"]).toBe(true);
    expect(await telemetry.points("messaging.client.sent.messages")).toEqual([]);
  });

  it("measures in seconds, by the names of the conventions", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Greet.defer("you");
    await Print.defer();
    await rig.work();

    const sent = {
      "messaging.system": "mandate",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": "default",
    };
    const process = {
      ...sent,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
    };
    const done = { "mandate.job.class": "Greet", "mandate.job.outcome": "done" };
    const dead = {
      "mandate.job.class": "Print",
      "mandate.job.outcome": "dead",
      "error.type": "PaperJam",
    };
    expect(await telemetry.points("messaging.client.sent.messages")).toEqual([
      { attributes: sent, value: 2 },
    ]);
    expect(await telemetry.points("messaging.client.operation.duration")).toEqual([
      { attributes: sent, value: 2 },
    ]);
    expect(await telemetry.points("messaging.client.consumed.messages")).toEqual([
      { attributes: process, value: 2 },
    ]);
    expect(await telemetry.points("messaging.process.duration")).toEqual([
      { attributes: { ...process, ...done }, value: 1 },
      { attributes: { ...process, ...dead }, value: 1 },
    ]);
  });

  it("counts a job whose time was over as that, and has no span of a run that was none", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Greet.set({ expiresIn: 5 }).defer("you");
    rig.elapse(6);

    await rig.run();

    expect(telemetry.spans.map(({ name }) => name)).toEqual(["send default"]);
    expect(await telemetry.points("messaging.process.duration")).toMatchObject([
      { attributes: { "mandate.job.outcome": "expire" }, value: 1 },
    ]);
  });

  it("counts what happens to batches", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig();

    channels.batch.publish({ batch: "b", what: "complete" });

    const attributes = { "messaging.system": "mandate", "mandate.batch.event": "complete" };
    expect(await telemetry.points("mandate.batches")).toEqual([{ attributes, value: 1 }]);
  });

  it("counts jobs that limits block, and that start", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig();
    const event = { jid: "1", queue: "bulk", limit: "limit stripe:42" };
    channels.limit.publish(event);
    channels.limit.publish(event);
    channels.unlimit.publish(event);

    const attributes = expect.objectContaining({ "messaging.destination.name": "bulk" }) as object;
    expect(await telemetry.points("mandate.jobs.limited")).toEqual([{ attributes, value: 2 }]);
    expect(await telemetry.points("mandate.jobs.unlimited")).toEqual([{ attributes, value: 1 }]);
  });

  it("tells no more names apart in metrics than it was told", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig({ maxNames: 1 });
    await Greet.set({ queue: "a" }).defer("you");
    await rig.run();
    await Print.set({ queue: "b" }).defer();
    await rig.run();

    const points = await telemetry.points("messaging.process.duration");

    expect(points.map(({ attributes }) => attributes)).toMatchObject([
      { "mandate.job.class": "Greet", "messaging.destination.name": "a" },
      { "mandate.job.class": "other", "messaging.destination.name": "other" },
    ]);
  });

  it("tells what waits, how long, and how late", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Greet.set({ queue: "mailers" }).defer("you");
    await Greet.set({ queue: "mailers" }).defer("me");
    await Greet.set({ wait: 10 }).defer("them");
    rig.elapse(30);

    const mailers = { "messaging.system": "mandate", "messaging.destination.name": "mailers" };
    const scheduled = { "messaging.system": "mandate", "mandate.set.name": "scheduled" };
    const all = { "messaging.system": "mandate" };
    const about = (seconds: number): number => expect.closeTo(seconds, 2) as number;
    expect(await telemetry.points("mandate.queue.depth")).toEqual([
      { attributes: mailers, value: 2 },
    ]);
    expect(await telemetry.points("mandate.queue.latency")).toEqual([
      { attributes: mailers, value: about(30) },
    ]);
    expect(await telemetry.points("mandate.set.size")).toContainEqual({
      attributes: scheduled,
      value: 1,
    });
    expect(await telemetry.points("mandate.set.lateness")).toContainEqual({
      attributes: scheduled,
      value: about(20),
    });
    expect(await telemetry.points("mandate.process.count")).toEqual([
      { attributes: all, value: 0 },
    ]);
    expect(await telemetry.points("mandate.job.running")).toEqual([{ attributes: all, value: 0 }]);
    expect(await telemetry.points("mandate.job.fetched_ahead")).toEqual([
      { attributes: all, value: 0 },
    ]);
  });

  it("tells that a queue is empty that is gone", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Greet.set({ queue: "mailers" }).defer("you");
    const before = await telemetry.points("mandate.queue.depth");

    await rig.adapter.store.clear({ queue: "mailers" });

    expect(before).toMatchObject([{ value: 1 }]);
    expect(await telemetry.points("mandate.queue.depth")).toMatchObject([{ value: 0 }]);
    expect(await telemetry.points("mandate.queue.latency")).toMatchObject([{ value: 0 }]);
  });

  it("tells the rest, and says so, where the store does not answer", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    await Greet.defer("you");
    rig.adapter.store.workers = () => Promise.reject(new Error("no answer"));

    expect(await telemetry.points("messaging.client.sent.messages")).toMatchObject([{ value: 1 }]);
    expect(await telemetry.points("mandate.queue.depth")).toEqual([]);
    expect(rig.log.troubles).toContain("Could not read the store for OpenTelemetry");
  });

  it("asks the store nothing where another process tells what waits", async () => {
    new Rig();
    const telemetry = new OpenTelemetryRig({ gauges: false });
    await Greet.defer("you");

    expect(await telemetry.points("mandate.queue.depth")).toEqual([]);
    expect(await telemetry.points("messaging.client.sent.messages")).toHaveLength(1);
  });

  it("tells of the store that it is given", async () => {
    new Rig();
    const adapter = new MemoryAdapter({ logger: silentLogger });
    await adapter.enqueue([{ jid: "a", queue: "other", payload: "{}" }]);
    const telemetry = new OpenTelemetryRig({ adapter });

    expect(await telemetry.points("mandate.queue.depth")).toMatchObject([
      { attributes: { "messaging.destination.name": "other" }, value: 1 },
    ]);
  });

  it("stands around middleware that is configured later", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();
    const inside: (string | undefined)[] = [];
    const layer = async (_job: unknown, next: () => Promise<void>): Promise<void> => {
      inside.push(trace.getActiveSpan()?.spanContext().spanId);
      await next();
    };
    configure({ middleware: { enqueue: [layer], perform: [layer] } });
    await Greet.defer("you");

    await rig.run();

    expect(inside).toEqual(
      ["send default", "process default"].map((name) => telemetry.span(name).spanContext().spanId),
    );
  });

  it("leaves nothing behind once it is ended", async () => {
    const rig = new Rig();
    const telemetry = new OpenTelemetryRig();

    telemetry.stop();
    await Greet.defer("you");
    await rig.run();

    expect(telemetry.spans).toEqual([]);
    expect(await telemetry.points("messaging.client.consumed.messages")).toEqual([]);
    expect(await telemetry.points("mandate.process.count")).toEqual([]);
  });

  it.each<[object, string]>([
    [
      { joins: "link" },
      'Cannot use option "joins" in startOpenTelemetry: there is no such option.',
    ],
    [
      { join: "child" },
      'Cannot use "child" as join of startOpenTelemetry: give "link" or "parent"',
    ],
    [
      { maxNames: 0 },
      "Cannot use 0 as maxNames of startOpenTelemetry: give an integer of at least 1",
    ],
  ])("refuses %j", (options, message) => {
    expect(() => startOpenTelemetry(options as OpenTelemetryOptions)).toThrow(message);
  });
});
