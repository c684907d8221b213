import { Command, subscribe, type Listeners } from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import { Rig } from "../job/rig.ts";

class Nothing extends Command {
  call(): void {}
}

describe("subscribe", () => {
  it("calls a listener at each event, until it is told to stop", async () => {
    new Rig();
    const names: string[] = [];
    const unsubscribe = subscribe({ enqueue: ({ className }) => names.push(className) });

    await Nothing.defer();
    unsubscribe();
    await Nothing.defer();

    expect(names).toEqual(["Nothing"]);
  });

  it("logs what a listener throws, and goes on", async () => {
    const rig = new Rig();
    const error = new Error("no space left");
    onTestFinished(
      subscribe({
        start: () => {
          throw error;
        },
      }),
    );
    await Nothing.defer();

    const { kind } = await rig.run();

    expect(kind).toBe("done");
    expect(rig.log.lines).toContainEqual({
      level: "error",
      fields: { err: error, event: "start" },
      message: 'A listener to "start" threw',
    });
  });

  it("refuses an event that there is not", () => {
    expect(() => subscribe({ started: () => {} } as Listeners)).toThrow(
      'Cannot use option "started" in subscribe: there is no such option. Did you mean "start"? There are: enqueue, duplicate, start,',
    );
  });

  it("refuses a listener that is no function, and subscribes none", async () => {
    new Rig();
    let called = false;
    const listeners = { enqueue: () => (called = true), dead: "log" } as unknown as Listeners;

    expect(() => subscribe(listeners)).toThrow(
      'Cannot use "log" in subscribe, as dead: give a function',
    );
    await Nothing.defer();

    expect(called).toBe(false);
  });
});
