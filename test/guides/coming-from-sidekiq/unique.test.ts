import { Command, configure, locks, releaseLock, silentLogger } from "mandate";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { beforeEach, expect, it } from "vitest";

class Once extends Command {
  static {
    this.unique();
  }

  call() {}
}

class UntilStarted extends Command {
  static {
    this.unique({ until: "started" });
  }

  call() {}
}

class Hourly extends Command {
  static {
    this.unique({ until: "expired", ttl: "1 hour" });
  }

  call() {}
}

beforeEach(() => {
  useTestAdapter();
  configure({ logger: silentLogger });
});

it.each([Once, UntilStarted, Hourly])("keeps %s from being there twice", async (X) => {
  await X.defer();

  expect((await X.defer()).isDuplicate).toBe(true);
  expect((await X.set({ unique: false }).defer()).isDuplicate).toBe(false);
  await performEnqueuedJobs();
  expect((await X.defer()).isDuplicate).toBe(X === Hourly);
});

it("lists keys, and lets one go", async () => {
  const { id } = await Once.defer();
  const keys: string[] = [];
  for await (const { key } of locks()) keys.push(key);
  expect(keys).toEqual(["unique:Once:"]);

  for (const key of keys) expect(await releaseLock(key)).toEqual([id]);
});
