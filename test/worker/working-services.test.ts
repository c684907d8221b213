import { EventEmitter, once } from "node:events";
import { AdapterError } from "mandate";
import { Worker } from "mandate/worker";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { registerService, type ServiceEnvironment } from "../../src/worker/working-services.ts";
import type { WorkerService } from "../../src/worker/services.ts";
import { Log } from "./log.ts";
import { memory, Rig } from "./running.ts";

/** A registered service lasts as long as the process: this one is told by each test what to do. */
const told: string[] = [];
const happened = new EventEmitter();
let environments: ServiceEnvironment[] = [];
let behaviour: Partial<WorkerService> = {};

beforeEach(() => {
  told.splice(0);
  environments = [];
  behaviour = {};
});

registerService("first", (environment) => {
  environments.push(environment);
  return {
    start: () => behaviour.start?.() ?? void told.push("start"),
    stop: () => behaviour.stop?.() ?? void told.push("stop"),
  };
});

describe("a feature's service", () => {
  it("starts after startup, before a job is fetched, and stops once the worker is quiet", async () => {
    const rig = new Rig();
    rig.worker.on("startup", () => told.push("startup"));
    await rig.enqueue(["a"]);

    await rig.worker.start();
    await rig.run("a");
    await rig.worker.quiet();

    expect(told).toEqual(["startup", "start", "stop"]);
    expect(environments).toEqual([
      { adapter: rig.adapter, logger: expect.anything(), outage: expect.anything() },
    ]);
  });

  it("is the worker's own: each has one", async () => {
    await Rig.started();
    await Rig.started();

    expect(environments).toHaveLength(2);
  });

  it("is not started where the worker is quiet from the start", async () => {
    const rig = new Rig();
    await rig.worker.quiet();

    await rig.worker.start();

    expect(told).toEqual([]);
  });

  it("that fails to start fails the worker's start, which is undone and may be tried again", async () => {
    const adapter = memory();
    const worker = new Worker({ adapter, logger: new Log() });
    onTestFinished(() => worker.stop());
    for (const event of ["startup", "shutdown"] as const) {
      worker.on(event, () => told.push(event));
    }
    const error = new AdapterError("no");
    behaviour = { start: () => Promise.reject(error) };

    await expect(worker.start()).rejects.toThrow(error);
    expect(await adapter.store.workers()).toEqual([]);
    behaviour = {};
    await worker.start();

    expect(told).toEqual(["startup", "shutdown", "startup", "start"]);
    expect(await adapter.store.workers()).toHaveLength(1);
  });

  it("that fails to start while the worker is stopped leaves nothing", async () => {
    const adapter = memory();
    const worker = new Worker({ adapter, logger: new Log() });
    worker.on("shutdown", () => told.push("shutdown"));
    behaviour = {
      start: async () => {
        happened.emit("starting");
        await once(happened, "stop");
        throw new Error("no");
      },
    };
    const starting = once(happened, "starting");
    const failed = worker.start().catch(({ message }: Error) => message);
    await starting;

    const stopped = worker.stop();
    happened.emit("stop");

    expect(await Promise.all([failed, stopped])).toEqual(["no", undefined]);
    expect(told).toEqual(["shutdown"]);
    expect(await adapter.store.workers()).toEqual([]);
  });

  it("holds the end of its worker up for a second at most", async () => {
    const rig = await Rig.started();
    behaviour = { stop: () => new Promise(() => undefined) };

    await rig.worker.stop();

    expect(rig.log.troubles).toEqual([
      'Service "first" of the worker did not stop within 1 s, and is not waited for any longer',
    ]);
  });
});

describe("a feature's service, in workers that run already,", () => {
  it("starts when it is registered, and stops with the worker", async () => {
    const rig = await Rig.started();
    const stopped = await Rig.started();
    await stopped.worker.stop();
    told.splice(0);

    for (const text of ["late", "the second of its name"]) {
      registerService("late", () => ({
        start: () => void told.push(`start ${text}`),
        stop: () => void told.push(`stop ${text}`),
      }));
    }
    await rig.worker.stop();

    expect(told.toSorted()).toEqual(["start late", "stop", "stop late"]);
  });

  it("is told of where it does not start", async () => {
    const rig = await Rig.started();
    const failed = rig.log.line(/late and broken/);

    registerService("late and broken", ({ adapter }) => ({
      start: () => {
        // Others' workers, in other tests, start it too.
        if (adapter === rig.adapter) throw new Error("no");
      },
      stop: () => undefined,
    }));

    expect(await failed).toMatchObject({
      level: "error",
      fields: { err: { message: "no" }, service: "late and broken" },
      message: 'Service "late and broken" of the worker failed to start',
    });
  });
});
