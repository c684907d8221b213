import { changeJob, Command, jobById, queue, UnknownOptionError, type JobAction } from "mandate";
import { expect, it } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  call(): void {}
}

onEachStore("changeJob", () => {
  it("does it wherever the job is", async () => {
    const waiting = await Send.defer("a");
    const later = await Send.set({ wait: 60 }).defer("b");

    const { done, found } = await changeJob("promote", later.id);

    expect([done, found?.place, found?.entry.className]).toEqual([true, "scheduled", "Send"]);
    expect(await later.status()).toBe("enqueued");
    expect((await changeJob("kill", waiting.id)).done).toBe(true);
    expect(await waiting.status()).toBe("dead");
    expect((await changeJob("retry", waiting.id)).found?.place).toBe("dead");
    expect((await changeJob("cancel", waiting.id)).done).toBe(true);
    expect(await waiting.status()).toBe("cancelled");
    expect((await changeJob("delete", later.id)).done).toBe(true);
    expect(await queue("default").size()).toBe(0);
  });

  it("says where a job is that it cannot be done to, and that one is nowhere", async () => {
    const { id } = await Send.defer("a");

    const elsewhere = await changeJob("retry", id);

    expect([elsewhere.done, elsewhere.found?.place]).toEqual([false, "queue"]);
    expect(await changeJob("retry", "0".repeat(24))).toEqual({ done: false, found: undefined });
    const notThere = await changeJob("kill", id, { places: ["scheduled"] });
    expect([notThere.done, notThere.found?.place]).toEqual([false, "queue"]);
  });

  it("says whose key keeps a dead job from being tried again", async () => {
    class Sync extends Send {
      static {
        this.unique();
      }
    }
    const dead = await Sync.defer("a");
    await changeJob("kill", dead.id);
    const holder = await Sync.defer("a");

    const { done, found, blockedBy } = await changeJob("retry", dead.id);

    expect([done, found?.place]).toEqual([false, "dead"]);
    expect(blockedBy).toEqual([
      { reason: "unique Sync:a", key: "unique:Sync:a", holder: holder.id },
    ]);
  });

  it("leaves the job in a dry run", async () => {
    const { id } = await Send.defer("a");

    expect((await changeJob("delete", id, { dryRun: true })).done).toBe(true);

    expect(await jobById(id).status()).toBe("enqueued");
  });

  it("refuses what is no action, place or option", async () => {
    await expect(changeJob("retri" as JobAction, "1")).rejects.toThrow(
      new TypeError(
        'Cannot do "retri" to jobs: it is no action. Did you mean "retry"? ' +
          "There are: retry, promote, kill, cancel, delete",
      ),
    );
    await expect(changeJob("retry", "1", { places: ["queue"] })).rejects.toThrow(
      new TypeError("Cannot retry jobs in queue: that is for retry, dead, finished"),
    );
    await expect(changeJob("retry", "1", { dry: true } as object)).rejects.toThrow(
      UnknownOptionError,
    );
  });
});
