import { Command } from "mandate";
import { describe, expect, it } from "vitest";
import {
  defineTrait,
  type DeclaringClass,
  type Trait,
} from "../../../src/job/declare/declarations.ts";
import { note } from "../../../src/job/declare/note-declaration.ts";
import { DEAD, queue, Rig } from "../rig.ts";

/** All that a feature needs: what its macro declares, and what is done with it. */
const audit: Trait<readonly string[]> = defineTrait<readonly string[]>({
  name: "audit",
  undeclared: [],
  inherit: (inherited, own) => [...inherited, ...own],
  option: { name: "audit", read: (given) => [given as string] },
  hooks: (marks) =>
    marks.length === 0
      ? undefined
      : {
          onMake({ record, args, className }) {
            record["audit"] = [...marks, className, args.length];
          },
          onEntry(entry) {
            seen.push(`entry of ${entry.queue}`);
          },
          async aroundRun(run, next) {
            seen.push(`begin ${marks.join("+")}`);
            try {
              return await next();
            } finally {
              run.log("info", {}, "audited");
              seen.push("end");
            }
          },
          onOutcome: (_, outcome, { failure }) =>
            outcome.kind === "dead" && failure?.errorClass === "RangeError"
              ? { job: outcome.job, jid: outcome.jid, kind: "done" }
              : outcome,
        },
});

function declareAudit(declaring: DeclaringClass, mark: string): void {
  note(declaring, audit, [mark]);
}

const seen: string[] = [];

abstract class Audited extends Command {
  static {
    declareAudit(this, "money");
  }
}

class Pay extends Audited.initializeWith((sum: number) => ({ sum })) {
  static {
    declareAudit(this, "bank");
    this.retry(0);
  }

  call(): void {
    seen.push(`pay ${this.sum}`);
    if (this.sum < 0) throw new RangeError("negative");
    if (this.sum === 0) throw new TypeError("nothing");
  }
}

class Silent extends Command {
  call(): void {}
}

describe("a class option that is defined in one file", () => {
  it("stamps records, wraps runs, and changes an outcome", async () => {
    const rig = new Rig();
    seen.length = 0;
    await Pay.defer(-5);
    expect(await rig.only(queue())).toMatchObject({ audit: ["money", "bank", "Pay", 1] });

    const outcome = await rig.run();

    expect(seen).toEqual(["entry of default", "begin money+bank", "pay -5", "end"]);
    expect(outcome).toMatchObject({ kind: "done" });
    expect(await rig.stored(DEAD)).toEqual([]);
    expect(rig.log.messages()).toContain("audited");
  });

  it("leaves what it does not change to its class", async () => {
    const rig = new Rig();
    await Pay.defer(0);

    expect((await rig.run()).kind).toBe("dead");
  });

  it("may be said by one call", async () => {
    const rig = new Rig();
    await Silent.set({ audit: "once" } as never).defer();

    expect(await rig.only(queue())).toMatchObject({ audit: ["once", "Silent", 0] });
  });

  it("is not there for other classes", async () => {
    const rig = new Rig();
    seen.length = 0;
    await Silent.defer();

    await rig.run();

    expect(seen).toEqual([]);
    expect(audit.of(Silent.prepare().declarations)).toEqual([]);
  });
});
