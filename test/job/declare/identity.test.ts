import { Command, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { readIdentity } from "../../../src/job/declare/identity.ts";

describe("readIdentity", () => {
  it("describes a declaration, unless its name is written down", () => {
    class Receipt extends Command.initializeWith((order: string) => ({ order })) {
      call() {}
    }
    class Stated extends Receipt {
      static override readonly commandName = "Stated";
    }

    expect(readIdentity(Receipt, "command")).toEqual({
      name: "Receipt",
      formerNames: [],
      isUnstable: false,
      signature: expect.stringMatching(/^1[\w-]{2}$/) as string,
    });
    expect(readIdentity(Stated, "command").signature).toBeUndefined();
  });

  it("believes a name that is written down, and no other that a build made", () => {
    class pp extends Command {
      call() {}
    }
    class e extends Job {
      static override readonly jobName = "e";
      perform() {}
    }

    expect(readIdentity(pp, "command")).toMatchObject({ name: "pp", isUnstable: true });
    expect(readIdentity(e, "job")).toMatchObject({ name: "e", isUnstable: false });
  });

  it("sees the class's name in what an inherited getter makes of it", () => {
    abstract class Prefixed extends Command {
      static override get commandName(): string {
        return `App::${this.name}`;
      }
      static override set commandName(_name: string) {}
      call() {}
    }
    abstract class ByPath extends Command {
      static readonly path: string = "";
      static override get commandName(): string {
        return this.path;
      }
      static override set commandName(_name: string) {}
      call() {}
    }
    const Before = class a extends Prefixed {};
    const Beside = class a extends ByPath {
      static override readonly path = "billing/send";
    };

    expect(readIdentity(Before, "command")).toMatchObject({ name: "App::a", isUnstable: true });
    expect(readIdentity(Beside, "command")).toMatchObject({ isUnstable: false });
  });

  it("leaves a parent's earlier names to the parent", () => {
    class Renamed extends Command {
      static override readonly formerNames = ["Old"];
      call() {}
    }
    class Child extends Renamed {}

    expect(readIdentity(Renamed, "command").formerNames).toEqual(["Old"]);
    expect(readIdentity(Child, "command").formerNames).toEqual([]);
  });

  it.each<[unknown, string]>([
    ["Old", '"Old"'],
    [[""], "an array"],
    [[7], "an array"],
  ])("refuses %j as earlier names", (formerNames, shown) => {
    class Renamed extends Command {
      call() {}
    }
    Object.assign(Renamed, { formerNames });

    expect(() => readIdentity(Renamed, "command")).toThrow(
      new TypeError(`Cannot use ${shown} as formerNames of Renamed: give a list of names`),
    );
  });
});
