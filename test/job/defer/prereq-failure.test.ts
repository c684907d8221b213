import { abort, CallbacksCommand, Command, globalId, type JobHandle } from "mandate";
import { describe, expect, it } from "vitest";
import type { PrereqFailure } from "../../../src/adapters/adapter.ts";
import { Rig } from "../rig.ts";

class DeclinedError extends Error {}

class Row {
  readonly id = 7;
}

class Receipt extends Command.initializeWith((order: number) => ({ order })) {
  call(): void {}
}

abstract class Declined extends Command {
  call(): void {
    throw new DeclinedError("insufficient funds");
  }
}

/** Each ends without success, and is not dead. */
function charges(): Readonly<Record<string, () => Promise<JobHandle>>> {
  class DiscardOn extends Declined {
    static {
      this.discardOn(DeclinedError);
    }
  }
  class RetryIn extends Declined {
    static {
      this.retryIn(() => "discard");
    }
  }
  class Exhausted extends Declined {
    static {
      this.retry(0);
      this.retriesExhausted(() => "discard");
    }
  }
  class NotKept extends Declined {
    static {
      this.retry(0);
      this.jobOptions({ dead: false });
    }
  }
  class NotRetried extends Declined {
    static {
      this.retry(false);
    }
  }
  class GivesUp extends Declined {
    static {
      this.retryOn(DeclinedError, { attempts: 1 }, () => {});
    }
  }
  class Halted extends Command {
    static {
      this.beforePerform(() => {
        throw abort;
      });
    }
    call(): void {}
  }
  class Aborted extends CallbacksCommand {
    call(): void {
      this.abort(new DeclinedError());
    }
  }
  class Missing extends Command.initializeWith((row: Row) => ({ row })) {
    call(): void {}
  }
  globalId.register(Row, { find: () => undefined });
  return {
    "discarded by discardOn": () => DiscardOn.defer(),
    "discarded by retryIn": () => RetryIn.defer(),
    "discarded by retriesExhausted": () => Exhausted.defer(),
    "not kept once it is dead": () => NotKept.defer(),
    "dropped, since it is not retried": () => NotRetried.defer(),
    "given up by its retryOn": () => GivesUp.defer(),
    "halted by a callback": () => Halted.defer(),
    "aborted by its command": () => Aborted.defer(),
    "discarded for want of its record": () => Missing.defer(new Row()),
  };
}

describe.each(Object.keys(charges()))("a job behind one that is %s", (how) => {
  it.each<[PrereqFailure, string]>([
    ["release", "finished"],
    ["bury", "dead"],
    ["cancel", "cancelled"],
  ])("where its prereqFailure is %s is %s", async (prereqFailure, status) => {
    const rig = new Rig();
    const charge = await charges()[how]!();
    const receipt = await Receipt.defer(1, { prereqJobs: [charge], prereqFailure });

    await finishAll(rig);
    const late = await Receipt.defer(2, { prereqJobs: [charge], prereqFailure });
    await finishAll(rig);

    expect(await charge.status()).toBe("finished");
    expect(await receipt.status()).toBe(status);
    expect(await late.status()).toBe(status);
  });
});

describe("a job behind one whose failure", () => {
  it("was rescued runs: that one is done", async () => {
    const rig = new Rig();
    class Rescued extends Declined {
      static {
        this.rescueFrom(DeclinedError, () => {});
      }
    }
    const charge = await Rescued.defer();
    const receipt = await Receipt.defer(1, { prereqJobs: [charge], prereqFailure: "cancel" });

    await finishAll(rig);

    expect(await receipt.status()).toBe("finished");
  });

  it("was known when it was deferred tells by its handle that it is cancelled", async () => {
    const rig = new Rig();
    const charge = await charges()["discarded by discardOn"]!();
    await finishAll(rig);

    const receipt = await Receipt.defer(1, { prereqJobs: [charge], prereqFailure: "cancel" });

    expect(await receipt.status()).toBe("cancelled");
    await expect(Receipt.defer(2, { prereqJobs: [receipt] })).resolves.toBeDefined();
  });
});

/** What waits for its record to come into being does that for five seconds. */
async function finishAll(rig: Rig): Promise<void> {
  for (let second = 0; second < 7; second += 1) {
    await rig.work();
    rig.elapse(1);
  }
}
