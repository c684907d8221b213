import {
  Command,
  MandateJob,
  PrereqJobNotFinishedError,
  registerCommands,
  UnknownOptionError,
} from "mandate";
import { describe, expect, it } from "vitest";
import { queue, RETRY, Rig } from "../job/rig.ts";

const greeted: string[] = [];

class GoneError extends Error {}

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.queueAs("mailers");
    this.retryOn(GoneError, { wait: 10, jitter: 0 });
    this.beforePerform((job) => greeted.push(`before ${String(job.arguments)}`));
  }

  call(): string {
    if (this.name === "nobody") throw new GoneError("gone");
    greeted.push(this.name);
    return `Hello ${this.name}`;
  }
}

function rigged(): Rig {
  greeted.length = 0;
  const rig = new Rig();
  registerCommands(Greet);
  return rig;
}

describe("MandateJob", () => {
  it("is the job that a deferred command is", async () => {
    const rig = rigged();

    const byCommand = await Greet.defer("Ada");
    const byJob = await MandateJob.performLater("Greet", "Grace");

    expect([byCommand.className, byJob.className]).toEqual(["Greet", "Greet"]);
    expect((await rig.records(queue("mailers"))).map((r) => [r.class, r.args])).toEqual([
      ["MandateJob", ["Greet", "Ada"]],
      ["MandateJob", ["Greet", "Grace"]],
    ]);
    await rig.work();
    expect(greeted).toEqual(["before Ada", "Ada", "before Grace", "Grace"]);
  });

  it("performs a command now, by name, with its callbacks", async () => {
    rigged();

    expect(await MandateJob.performNow("Greet", "Ada")).toBe("Hello Ada");

    expect(greeted).toEqual(["before Ada", "Ada"]);
  });

  it("takes options past what the command declares, as its own defer does", async () => {
    const rig = rigged();
    const [first] = [await Greet.defer("Ada")];

    await expect(MandateJob.performNow("Greet", "Grace", { prereqJobs: [first] })).rejects.toThrow(
      new PrereqJobNotFinishedError(first.id),
    );
    await MandateJob.performLater("Greet", "Grace", { queue: "low" });

    expect(await rig.only(queue("low"))).toMatchObject({ args: ["Greet", "Grace"] });
    await expect(MandateJob.performLater("Greet", "Grace", { que: "low" })).rejects.toThrow(
      UnknownOptionError,
    );
  });

  it("takes options behind a command that declares no arguments, and none behind a rest", async () => {
    const rig = rigged();
    class Nothing extends Command {
      call(): void {}
    }
    class All extends Command.initializeWith((...names: unknown[]) => ({ names })) {
      call(): void {}
    }
    registerCommands(Nothing, All);

    await MandateJob.performLater("Nothing", { queue: "low" });
    await MandateJob.performLater("All", { queue: "low" });

    expect(await rig.only(queue("low"))).toMatchObject({ args: ["Nothing"] });
    expect(await rig.only(queue())).toMatchObject({ args: ["All", { queue: "low" }] });
  });

  it("has the command's rules: retryOn enqueues it for later, as the command", async () => {
    const rig = rigged();

    expect(await MandateJob.performNow("Greet", "nobody")).toBeUndefined();

    expect(await rig.only({ set: "scheduled" })).toMatchObject({
      class: "MandateJob",
      args: ["Greet", "nobody"],
      queue: "mailers",
      exception_executions: { "[GoneError]": 1 },
    });
    expect(await rig.stored(RETRY)).toEqual([]);
  });

  it("refuses to perform now what waits for an unfinished job", async () => {
    const rig = rigged();
    const first = await Greet.defer("Ada");
    const second = MandateJob.set({ prereqJobs: [first] });

    const refused = second.performNow("Greet", "Grace");
    await expect(refused).rejects.toThrow(PrereqJobNotFinishedError);
    await expect(second.performNow("Greet", "Grace")).rejects.toThrow(
      `Unfinished job: ${first.id}`,
    );
    await rig.work();

    expect(await second.performNow("Greet", "Grace")).toBe("Hello Grace");
  });

  it("rejects where no command has the name", async () => {
    rigged();
    const reason = /^Cannot run "Nobody": no command is registered as "Nobody"\. /;

    await expect(MandateJob.performNow("Nobody")).rejects.toThrow(reason);
    await expect(MandateJob.performLater("Nobody")).rejects.toThrow(reason);
    await expect(MandateJob.performLater("greet")).rejects.toThrow(
      'Cannot run "greet": no command is registered as "greet". Did you mean "Greet"? Pass its class',
    );
  });

  it("can be extended, with declarations of its own", async () => {
    const rig = rigged();
    class Urgent extends MandateJob {
      static {
        this.queueAs("urgent");
      }
    }

    await Urgent.performLater("Greet", "Ada");

    expect(await rig.only(queue("urgent"))).toMatchObject({
      class: "Urgent",
      args: ["Greet", "Ada"],
    });
    await rig.work();
    expect(greeted).toEqual(["Ada"]);
  });
});
