import { Command, findJob, jobById, UnknownOptionError, type JobPlace } from "mandate";
import { expect, it } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  call(): void {}
}

onEachStore("findJob", (store) => {
  it("finds a job wherever it is", async () => {
    const waiting = await Send.defer("a");
    const later = await Send.set({ wait: 60 }).defer("b");
    const blocked = await Send.set({ prereqJobs: [waiting] }).defer("c");

    const places = await Promise.all(
      [waiting, later, blocked].map(async ({ id }) => (await findJob(id))?.place),
    );

    expect(places).toEqual(["queue", "scheduled", "blocked"]);
    expect((await findJob(later.id))?.entry.arguments).toEqual(["b"]);
  });

  it("finds what others enqueued, whatever its jid", async () => {
    const payload = JSON.stringify({ class: "Ruby", args: [], jid: "odd jid/1", queue: "low" });
    await store.adapter.enqueue([{ jid: "odd jid/1", queue: "low", payload }]);

    expect((await findJob("odd jid/1"))?.entry.className).toBe("Ruby");
  });

  it("looks only where it is told to", async () => {
    const { id } = await Send.defer("a");

    expect(await findJob(id, { places: ["retry", "dead"] })).toBeUndefined();
    expect(await findJob("0".repeat(24))).toBeUndefined();
    expect(await jobById(id).status()).toBe("enqueued");
  });

  it("refuses places and options that there are not", async () => {
    await expect(findJob("1", { places: ["deat" as JobPlace] })).rejects.toThrow(
      new TypeError(
        'Cannot search for jobs in "deat": it is no place. Did you mean "dead"? ' +
          "There are: running, queue, retry, scheduled, blocked, dead, finished",
      ),
    );
    await expect(findJob("1", { place: "dead" } as object)).rejects.toThrow(UnknownOptionError);
  });
});
