import { Command, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { Rig } from "../job/rig.ts";

abstract class Billing extends Command {
  static {
    this.tags("billing");
  }
}

class Charge extends Billing.initializeWith((country: string) => ({ country })) {
  static {
    this.tags("money", (country) => [`country:${country}`]);
    this.jobOptions({ tags: ["slow", "billing"] });
  }

  call(): void {}
}

class Plain extends Job {
  perform(): void {}
}

describe("a job's tags", () => {
  it("are those of its class, of its arguments and its own, each once", async () => {
    new Rig();

    const job = await Charge.set({ tags: ["march", "money"] }).defer("nl");

    const all = ["billing", "money", "country:nl", "slow", "march"];
    expect(job.record.tags).toEqual(all);
    expect(job.tags).toEqual(all);
  });

  it("are added to those of the parent, in the order in which they were declared", () => {
    new Rig();
    abstract class Parent extends Job {
      static {
        this.tags("a");
      }
    }
    class Child extends Parent {
      static {
        this.tags("b", () => ["c"]);
        this.tags("d");
      }

      perform(): void {}
    }

    expect(Child.prepare().tags).toEqual(["a", "b", "c", "d"]);
  });

  it("are there where it runs", async () => {
    const rig = new Rig();
    const seen: (readonly string[] | undefined)[] = [];
    class Show extends Job {
      static {
        this.tags("shown");
      }

      perform(): void {
        seen.push(this.job?.tags);
      }
    }
    await Show.performLater();

    await rig.run();

    expect(seen).toEqual([["shown"]]);
  });

  it("are none where nobody gave any, or what the record has is none", () => {
    new Rig();
    const job = Plain.prepare();

    expect(job.tags).toEqual([]);
    expect(job.record).not.toHaveProperty("tags");
    job.record["tags"] = "a" as never;
    expect(job.tags).toEqual([]);
  });

  it("must be strings, also where a function makes them", async () => {
    new Rig();
    class Wrong extends Job {
      static {
        this.tags((() => "a") as never);
      }

      perform(): void {}
    }

    await expect(Wrong.performLater()).rejects.toThrow(
      new TypeError(
        "Cannot use a string as tags in what a function of tags returns: give an array of strings",
      ),
    );
  });
});
