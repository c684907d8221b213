import { Command, Job, type JobHandle } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

interface Account {
  readonly id: number;
}

describe("unique", () => {
  it("gives by the arguments", () => {
    class Sync extends Command.initializeWith((account: Account, force = false) => ({
      account,
      force,
    })) {
      static {
        this.unique();
        this.unique(false);
        this.unique({ by: (account) => account });
        this.unique({
          by(account, force) {
            expectTypeOf(account).toEqualTypeOf<Account>();
            expectTypeOf(force).toEqualTypeOf<boolean | undefined>();
            return [account, force];
          },
          until: "expired",
          onConflict: "replace",
          ttl: "1 hour",
          across: [Command],
        });
        this.debounce("5 seconds", { by: ({ id }) => id, maxWait: 60 });
        // @ts-expect-error there is no such option
        this.unique({ key: 1 });
        // @ts-expect-error true is what it is anyway
        this.unique(true);
        // @ts-expect-error it is no time that keys are held until
        this.unique({ until: "executed" });
        // @ts-expect-error what becomes of a duplicate is another word
        this.unique({ onConflict: "log" });
        // @ts-expect-error it is no duration
        this.unique({ ttl: "soon" });
        // @ts-expect-error an account has no name
        this.unique({ by: (account) => account.name });
        // @ts-expect-error a debounce needs a duration
        this.debounce();
        // @ts-expect-error which options there are
        this.debounce(5, { until: "started" });
      }
      call() {}
    }
    void Sync;
    expectTypeOf<JobHandle["isDuplicate"]>().toEqualTypeOf<boolean>();
  });

  it("gives by a job's arguments, which are those of perform", () => {
    class CleanUp extends Job {
      static {
        this.unique({
          by(folder) {
            expectTypeOf(folder).toEqualTypeOf<string>();
            return folder;
          },
        });
      }
      perform(folder: string) {
        return folder;
      }
    }
    void CleanUp.set({ unique: false });
    void CleanUp.set({ uniqueKey: "nightly" });
    // @ts-expect-error all else is declared by the class
    void CleanUp.set({ unique: true });
    // @ts-expect-error a key is a text
    void CleanUp.set({ uniqueKey: 7 });
  });
});
