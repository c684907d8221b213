import { Command, configure, deferAll, queue } from "mandate";
import { drainEnqueuedJobs, performEnqueuedJobs, travel, useTestAdapter } from "mandate/testing";
import { beforeEach, describe, expect, it } from "vitest";

let ran: number[];

class Mail extends Command.initializeWith((number: number) => ({ number })) {
  static {
    this.limitRate({ to: 30, per: "1 minute" });
  }

  call(): void {
    ran.push(this.number);
  }
}

class Poll extends Command.initializeWith((number: number) => ({ number })) {
  static {
    this.limitRate({ to: 1, per: "1 minute", onLimit: "discard" });
  }

  call(): void {
    ran.push(this.number);
  }
}

class Outer extends Command {
  static {
    this.limitConcurrency({ to: 1, group: "nested" });
  }

  async call(): Promise<void> {
    ran.push(1);
    await performEnqueuedJobs();
    ran.push(2);
  }
}

class Inner extends Command {
  static {
    this.limitConcurrency({ to: 1, group: "nested" });
  }

  call(): void {
    ran.push(3);
  }
}

const mails = (count: number) => Array.from({ length: count }, (_, index) => Mail.prepare(index));

beforeEach(() => {
  ran = [];
  configure({ reloading: true });
  const adapter = useTestAdapter();
  return () => adapter.restore();
});

describe("a test adapter", () => {
  it("performs no more than a rate allows, and the others as time passes", async () => {
    const jobs = await deferAll(mails(6));

    expect(await performEnqueuedJobs()).toBe(3);
    expect(await performEnqueuedJobs()).toBe(0);
    expect(await jobs[3]?.status()).toBe("blocked");
    expect(await travel(4)).toBe(2);
    expect(await travel("1 hour")).toBe(1);

    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("leaves what is over a limit where jobs run as they are deferred, and drains no more", async () => {
    await performEnqueuedJobs(() => deferAll(mails(5)));

    expect(ran).toEqual([0, 1, 2]);
    expect(await drainEnqueuedJobs()).toBe(0);
    expect(await travel(2)).toBe(1);
  });

  it("discards what its class discards over a limit", async () => {
    const jobs = await deferAll([Poll.prepare(1), Poll.prepare(2)]);

    await performEnqueuedJobs();

    expect(ran).toEqual([1]);
    expect(await jobs[1]?.status()).toBe("finished");
  });

  it("gives turns back as runs end", async () => {
    await Outer.defer();
    await Inner.defer();

    expect(await performEnqueuedJobs()).toBe(2);

    expect(ran).toEqual([1, 2, 3]);
  });

  it("honours limits of queues", async () => {
    await queue("default").limit({ rate: { to: 60, per: "1 minute", burst: 1 } });
    class Plain extends Command {
      call(): void {
        ran.push(0);
      }
    }
    await deferAll([Plain.prepare(), Plain.prepare()]);

    expect(await performEnqueuedJobs()).toBe(1);
    expect(await travel(1)).toBe(1);
  });
});
