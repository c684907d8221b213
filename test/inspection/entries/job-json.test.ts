import { Command, findJob, jobJson } from "mandate";
import { startWorker } from "mandate/worker";
import { expect, it, onTestFinished } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  static {
    this.tags("mail");
    this.keepFinished("1 hour");
  }

  call(): void {}
}

let begin: () => void;
let end: Promise<void>;

class Slow extends Command {
  async call(): Promise<void> {
    begin();
    await end;
  }
}

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

async function shown(jid: string): Promise<unknown> {
  const found = await findJob(jid);
  return JSON.parse(JSON.stringify(found && jobJson(found)));
}

onEachStore("jobJson", () => {
  it("is a waiting job", async () => {
    const { id } = await Send.set({ wait: 60 }).defer("ada");

    expect(await shown(id)).toEqual({
      jid: id,
      place: "scheduled",
      queue: "default",
      class: "Send",
      arguments: ["ada"],
      at: time,
      createdAt: time,
      tags: ["mail"],
    });
  });

  it("is a finished one, and one that runs", async () => {
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let finish = (): void => undefined;
    end = new Promise((resolve) => (finish = resolve));
    const worker = await startWorker();
    onTestFinished(async () => {
      finish();
      await worker.stop();
    });
    const done = await Send.defer("ada");
    await expect.poll(() => done.status()).toBe("finished");
    const slow = await Slow.defer();
    await begun;

    expect(await shown(done.id)).toMatchObject({
      place: "finished",
      outcome: "done",
      startedAt: time,
      duration: expect.any(Number) as number,
    });
    expect(await shown(slow.id)).toMatchObject({
      place: "running",
      class: "Slow",
      startedAt: time,
      worker: expect.any(String) as string,
      library: "mandate",
    });
  });
});
