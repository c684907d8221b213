import { Command, globalId, GlobalID, Job, MandateJob, ruby } from "mandate";
import {
  assertEnqueuedWith,
  enqueuedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { describe, expect, it } from "vitest";
import { rejection } from "./rejection.ts";

useTestAdapter();

const ran: unknown[] = [];

class User {
  constructor(readonly id: string) {}
}
globalId.register(User, { find: (id) => new User(id) });

class Charge extends Command.initializeWith((user: User, rate: number, { force = false } = {}) => ({
  user,
  rate,
  force,
})) {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  call() {
    ran.push([this.user, this.rate, this.force]);
  }
}

class Sweep extends Job {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  perform(big: bigint) {
    ran.push(big);
  }
}

describe("jobs for Ruby in tests", () => {
  it("are found and performed as others are", async () => {
    await assertEnqueuedWith(
      { command: Charge, args: [new User("7"), 1, { force: true }] },
      async () => Charge.defer(new User("7"), ruby.float(1), { force: true }),
    );
    await assertEnqueuedWith(
      { job: MandateJob, args: ["Charge", expect.any(User), ruby.float(2)] },
      async () => Charge.defer(new User("8"), 2),
    );
    await assertEnqueuedWith({ job: Sweep, args: [2n ** 70n] }, async () =>
      Sweep.performLater(2n ** 70n),
    );

    await performEnqueuedJobs();

    expect(ran).toEqual([[new User("7"), 1, true], [new User("8"), 2, false], 2n ** 70n]);
  });

  it("show their arguments, records as global ids", async () => {
    await Charge.defer(new User("7"), 1);

    expect(enqueuedJobs()[0]?.arguments).toEqual([GlobalID.parse("gid://app/User/7"), 1]);
    const error = await rejection(
      assertEnqueuedWith({ command: Charge, args: [new User("9"), 1] }, async () =>
        Charge.defer(new User("7"), 1),
      ),
    );
    expect(error.message).toContain("gid://app/User/7");
  });
});
