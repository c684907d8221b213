import { describe, expect, it } from "vitest";
import { Announcer, type Listener } from "../../../src/adapters/memory/announcer.ts";

describe("Announcer", () => {
  it("tells once of all that happened in one turn", async () => {
    const { announcer, told } = announcing();

    for (let count = 0; count < 1_000; count += 1) {
      announcer.work();
    }
    expect(told).toEqual([]);
    await turn();

    expect(told).toEqual(["work"]);
  });

  it("tells a listener again only after it asked", async () => {
    const { announcer, told, listener } = announcing();
    announcer.work();
    await turn();

    announcer.work();
    await turn();
    expect(told).toEqual(["work"]);
    announcer.asked(listener);
    announcer.work();
    await turn();

    expect(told).toEqual(["work", "work"]);
  });

  it("tells all listeners, but those that left", async () => {
    const { announcer, told } = announcing();
    const left = listening(told, "left");
    announcer.add(listening(told, "other"));
    announcer.add(left);

    announcer.work();
    announcer.remove(left);
    await turn();

    expect(told).toEqual(["work", "other"]);
  });

  it("tells of work that comes while it tells", async () => {
    const { announcer, told, listener } = announcing();
    const eager: Listener = {
      onWork: () => {
        told.push("eager");
        announcer.asked(listener);
        announcer.work();
      },
      onDue: () => {},
    };
    announcer.add(eager);

    announcer.work();
    await turn();
    await turn();

    expect(told).toEqual(["work", "eager", "work"]);
  });

  it("tells the earliest of the times of one turn", async () => {
    const { announcer, told } = announcing();

    for (const at of [30, 10, 20]) {
      announcer.due(at);
    }
    await turn();

    expect(told).toEqual([10]);
  });

  it("does not tell of a time that is later than one it told", async () => {
    const { announcer, told } = announcing();
    announcer.due(10);
    await turn();

    announcer.due(20);
    await turn();

    expect(told).toEqual([10]);
  });

  it("forgets the times that were promoted", async () => {
    const { announcer, told } = announcing();
    announcer.due(10);
    await turn();

    announcer.promoted(30);
    announcer.due(40);
    announcer.due(20);
    await turn();
    announcer.promoted(undefined);
    announcer.due(50);
    await turn();

    expect(told).toEqual([10, 20, 50]);
  });
});

function announcing(): { announcer: Announcer; listener: Listener; told: unknown[] } {
  const told: unknown[] = [];
  const announcer = new Announcer();
  const listener = listening(told, "work");
  announcer.add(listener);
  return { announcer, listener, told };
}

function listening(told: unknown[], word: string): Listener {
  return { onWork: () => void told.push(word), onDue: (at) => void told.push(at) };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
