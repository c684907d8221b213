import { Command } from "mandate";
import {
  assertEnqueuedWith,
  enqueuedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { useKeys } from "../encryption/keys.ts";

const seen: string[] = [];

class Charge extends Command.initializeWith((card: string, at: Date) => ({ card, at })) {
  static {
    this.encryptArguments();
  }

  call(): void {
    seen.push(this.card);
  }
}

class ChargeInRails extends Charge {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }
}

beforeEach(() => void useTestAdapter());

describe("a test of a class that encrypts", () => {
  it.each([Charge, ChargeInRails])("sees its arguments as they were given: %s", async (command) => {
    useKeys("2026-11");
    const at = new Date(0);

    await assertEnqueuedWith({ command, args: ["4111 1111", at] }, () =>
      command.defer("4111 1111", at),
    );
    const [job] = enqueuedJobs(command);
    await performEnqueuedJobs();

    expect(job?.arguments).toEqual(["4111 1111", at]);
    expect(seen.pop()).toBe("4111 1111");
  });
});
