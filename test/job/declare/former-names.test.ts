import { Command, DuplicateCommandNameError, Job, registerCommands } from "mandate";
import { describe, expect, it } from "vitest";
import { jobs } from "../../../src/inspection/lists/jobs.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { registeredNames } from "../../../src/job/declare/registry.ts";
import { queue, Rig } from "../rig.ts";

const ran: unknown[] = [];

class Invoice extends Command.initializeWith((order: number) => ({ order })) {
  static override readonly formerNames = ["Bill", "Billing::Bill"];

  call() {
    ran.push(["Invoice", this.order]);
  }
}

class Sweep extends Job {
  static override readonly formerNames = ["CleanUp"];

  perform(folder: string) {
    ran.push(["Sweep", folder]);
  }
}

describe("formerNames", () => {
  it("brings jobs under earlier names to the class", async () => {
    const rig = new Rig();
    ran.length = 0;
    registerCommands(Invoice, Sweep);
    await put(rig, { class: "MandateJob", args: ["Bill", 1], sig: "5zzzzzz" });
    await put(rig, { class: "MandateJob", args: ["Billing::Bill", 2] });
    await put(rig, { class: "CleanUp", args: ["tmp"] });

    expect(await rig.work()).toEqual(["done", "done", "done"]);
    expect(ran).toEqual([["Invoice", 1], ["Invoice", 2], ["Sweep", "tmp"]]); // prettier-ignore
  });

  it("writes the new name", async () => {
    const rig = new Rig();

    await Invoice.defer(3);

    expect((await rig.records(queue()))[0]?.args).toEqual(["Invoice", 3]);
    expect(registeredNames()).not.toContain("Bill");
  });

  it("finds jobs of either name by the class, or by its name", async () => {
    const rig = new Rig();
    registerCommands(Invoice);
    await put(rig, { class: "MandateJob", args: ["Bill", 1] });
    await put(rig, { class: "MandateJob", args: ["Invoice", 2] });

    expect(await found(Invoice)).toEqual(["Bill", "Invoice"]);
    expect(await found("Invoice")).toEqual(["Bill", "Invoice"]);
    expect(await found("Bill")).toEqual(["Bill"]);
  });

  it("refuses an earlier name that another class has", () => {
    settings().reloading = false;
    const classes = [
      class Heir extends Command {
        static override readonly formerNames = ["Estate"];
        call() {}
      },
      class Estate extends Command {
        call() {}
      },
    ];

    expect(() => registerCommands(...classes)).toThrow(new DuplicateCommandNameError("Estate"));
  });
});

async function found(command: string | typeof Invoice): Promise<string[]> {
  const names: string[] = [];
  for await (const { entry } of jobs({ command })) {
    names.push(entry.className);
  }
  return names.toSorted();
}

let count = 0;

async function put(rig: Rig, fields: object): Promise<void> {
  count += 1;
  const jid = String(count).padStart(24, "0");
  await rig.put(JSON.stringify({ ...fields, jid, queue: "default", retry: true }), { jid });
}
