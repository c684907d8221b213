import { configure, contextAttributes, Job, registerCommands } from "mandate";
import { describe, expect, it } from "vitest";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";

/** Ruby's `Current`, in TypeScript's words. */
const Current = contextAttributes<{ requestId: string; mode: string }>("Current", {
  wireNames: { requestId: "request_id" },
});

const seen = new Map<string, unknown>();

/** Shows what is going on, and has Ruby say what it sees of that. */
class PlainWorker extends Job {
  async perform(): Promise<void> {
    seen.set(this.job?.id ?? "", Current.attributes);
    await LowWorker.performLater();
  }
}

/** Ruby's. */
class LowWorker extends Job {
  static {
    this.queueAs("low");
  }

  perform(): void {}
}

describe.skipIf(cannotRun)("What is going on where a job is deferred", () => {
  it("is there in Ruby, where it is deferred here", async () => {
    const beside = await start();

    const job = await Current.run({ requestId: "req-1", mode: "fast" }, () =>
      LowWorker.performLater(),
    );
    await beside.ruby.workOff("low");

    expect((await beside.resultOf(job.id))?.current).toEqual(
      symbols({ request_id: "req-1", mode: "fast" }),
    );
  });

  it("is there here, where Ruby defers it, and in Ruby again, where that defers more", async () => {
    const beside = await start({ INTEROP_CURRENT: '{"request_id":"req-2"}' });
    const { json_args: jids } = await beside.ruby.enqueue("plain/json_args");

    await beside.workOff("default");
    await beside.ruby.workOff("low");

    expect(seen.get(jids?.[0] ?? "")).toEqual({ requestId: "req-2" });
    expect((await beside.results()).map(({ current }) => current)).toEqual([
      symbols({ request_id: "req-2" }),
    ]);
  });

  it("is kept by a job that fails here and runs again in Ruby", async () => {
    const beside = await start();
    class FailsHere extends Job {
      static override readonly jobName = "PlainWorker";
      static {
        this.retryIn(() => 3600);
      }

      perform(): void {
        throw new Error("broken");
      }
    }
    registerCommands(FailsHere);
    const job = await Current.run({ requestId: "req-3" }, () => FailsHere.performLater());
    await beside.workOff("default");
    await beside.untilIn("retry", job.id);

    await beside.makeDue("retry");
    const worker = beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.until(async () => (await beside.resultOf(job.id)) !== undefined);
    await worker.kill();

    expect((await beside.resultOf(job.id))?.current).toEqual(symbols({ request_id: "req-3" }));
  });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<BesideRuby> {
  configure({ contextAttributes: [Current], reloading: true });
  registerCommands(PlainWorker, LowWorker);
  return BesideRuby.start({ INTEROP_MIDDLEWARE: "1", ...environment });
}

/** As Ruby describes its attributes. */
function symbols(attributes: object): unknown {
  return { hash: Object.entries(attributes).map(([name, value]) => [{ symbol: name }, value]) };
}
