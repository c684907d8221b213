import { Command, configure, Job } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

describe("fairBy", () => {
  it("gets the command's arguments", () => {
    class ImportRow extends Command.initializeWith((account: number, row?: string) => ({
      account,
      row,
    })) {
      static {
        this.fairBy((account, row) => {
          expectTypeOf(account).toEqualTypeOf<number>();
          expectTypeOf(row).toEqualTypeOf<string | undefined>();
          return [account, row];
        });
        this.fairBy(() => null);
        this.fairBy(false);
        // @ts-expect-error there is nothing to say yes to
        this.fairBy(true);
        // @ts-expect-error there is no third argument
        this.fairBy((account: number, row: string | undefined, third: number) => third);
      }
      call() {}
    }
    void ImportRow.set({ fairKey: "a" }).defer(1);
    // @ts-expect-error a key is a text
    void ImportRow.set({ fairKey: {} });
  });

  it("gets a job's arguments", () => {
    class Sync extends Job {
      static {
        this.fairBy((id) => {
          expectTypeOf(id).toEqualTypeOf<number>();
          return id;
        });
      }
      perform(id: number) {
        return id;
      }
    }
    void Sync;
  });

  it("is of queues, too", () => {
    configure({
      queues: {
        imports: {
          fairness: ({ className, args, record }) => {
            expectTypeOf(className).toEqualTypeOf<string>();
            expectTypeOf(args).toEqualTypeOf<readonly unknown[]>();
            return record.tags?.[0] ?? null;
          },
        },
        exports: { fairness: "class" },
      },
    });
    // @ts-expect-error that is nothing to be fair by
    configure({ queues: { imports: { fairness: "tenant" } } });
  });
});
