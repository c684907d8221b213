import { beforeAll, describe, expect, it } from "vitest";
import { Command, registerCommands } from "mandate";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";

const ran: string[] = [];

/** Only known here, and in the native format. */
class OnlyHere extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    ran.push(this.name);
  }
}

describe.skipIf(cannotRun)("A queue that both sides serve", () => {
  beforeAll(() => registerCommands(OnlyHere));

  it("keeps what only Ruby knows for Ruby, where ours leaves it", async () => {
    const beside = await BesideRuby.start();
    const { json_args: [jid = ""] = [] } = await beside.ruby.enqueue("plain/json_args");
    const worker = await beside.worker({ queues: ["default"], onUnknownJob: "leave" });
    await beside.untilIn("schedule", jid);
    await worker.stop();
    const [payload = ""] = await beside.redis.zrange("schedule", "0", "0");

    await beside.makeDue("schedule");
    const ruby = beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.until(async () => (await beside.resultOf(jid)) !== undefined);
    await ruby.kill();

    expect(JSON.parse(payload)).toMatchObject({ class: "PlainWorker", left_count: 1 });
    expect(await beside.resultOf(jid)).toMatchObject({ worker: "PlainWorker" });
    expect(await beside.redis.zcard("retry")).toBe(0);
  });

  it("brings back what Ruby could not run", async () => {
    const beside = await BesideRuby.start();
    const job = await OnlyHere.defer("after Ruby");
    const ruby = beside.ruby.worker("--queues", "default");
    await beside.untilIn("retry", job.id);
    await ruby.kill();
    const [payload = ""] = await beside.redis.zrange("retry", "0", "0");

    await beside.makeDue("retry");
    await beside.worker({ queues: ["default"] });
    await beside.until(async () => ran.includes("after Ruby"));

    expect(JSON.parse(payload)).toMatchObject({ class: "MandateJob", retry_count: 0 });
    expect((JSON.parse(payload) as { error_class: string }).error_class).toMatch(
      /^(NoMethodError|NameError)$/,
    );
    expect(ran).toEqual(["after Ruby"]);
  });
});
