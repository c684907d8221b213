import { Command, configure, Job, queue } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

describe("limits", () => {
  it("get the command's arguments", () => {
    class Charge extends Command.initializeWith((account: string, cents?: number) => ({
      account,
      cents,
    })) {
      static {
        this.limitConcurrency({
          to: (account, cents) => {
            expectTypeOf(account).toEqualTypeOf<string>();
            expectTypeOf(cents).toEqualTypeOf<number | undefined>();
            return 2;
          },
          by: (account) => account,
          group: "stripe",
          onLimit: "discard",
        });
        this.limitRate({ to: 100, per: "1 minute", burst: 20, by: (_, cents) => ({ cents }) });
        // @ts-expect-error how many is needed
        this.limitConcurrency({ group: "a" });
        // @ts-expect-error so is the time
        this.limitRate({ to: 1 });
        // @ts-expect-error there is no such end
        this.limitConcurrency({ to: 1, onLimit: "raise" });
        // @ts-expect-error a burst is of a rate
        this.limitConcurrency({ to: 1, burst: 2 });
        // @ts-expect-error that is no time
        this.limitRate({ to: 1, per: "a while" });
        // @ts-expect-error how many is a number
        this.limitConcurrency({ to: (account) => account });
      }
      call() {}
    }
    void Charge;
  });

  it("get a job's arguments", () => {
    class Sync extends Job {
      static {
        this.limitConcurrency({
          to: 1,
          by: (id) => {
            expectTypeOf(id).toEqualTypeOf<number>();
            return id;
          },
        });
      }
      perform(id: number) {
        return id;
      }
    }
    void Sync;
  });

  it("are of queues, too", () => {
    configure({ queues: { external: { concurrency: 4 }, other: false } });
    void queue("external").limit({ rate: { to: 100, per: "1 minute" } });
    // @ts-expect-error there is no such option
    void queue("external").limit({ to: 4 });
    // @ts-expect-error a limit is an object
    configure({ queues: { external: 4 } });
  });
});
