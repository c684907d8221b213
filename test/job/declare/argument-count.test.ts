import { ArgumentCountError, Command, Job, MandateJob, registerCommands } from "mandate";
import { describe, expect, it } from "vitest";
import { queue, Rig } from "../rig.ts";

interface User {
  readonly name: string;
}
const ada: User = { name: "Ada" };

class Welcome extends Command.initializeWith((user: User, note?: string) => ({ user, note })) {
  async call() {
    await Promise.resolve(`Welcome, ${this.user.name}! ${this.note?.trim()}`);
  }
}
class WelcomeTwice extends Welcome {
  override async call() {
    await super.call();
  }
}
class Note extends Command.initializeWith((text: string, title?: string) => ({ text, title })) {
  call() {}
}
class Nothing extends Command {
  call() {}
}
class Deliver extends Job {
  async perform(user: User, note?: string) {
    await Promise.resolve([user.name, note]);
  }
}
class DeliverAll extends Job {
  perform(..._users: readonly User[]) {}
}
registerCommands(Welcome, Nothing, Deliver);

const missing = (name: string, given = 0) =>
  `Cannot use ${given} arguments for ${name}: it reads argument 1 (user), which needs at least 1. ` +
  "Pass it, or give the parameter a default";
const tooMany = (name: string, what = "initializeWith") =>
  `Cannot use 3 arguments for ${name}: its ${what} declares up to 2`;

describe("too few arguments, one of which is read for certain", () => {
  it.each<[string, () => unknown, string]>([
    ["call", () => (Welcome as any).call(), missing("Welcome")],
    ["defer", () => (Welcome as any).defer(), missing("Welcome")],
    ["set", () => (Welcome as any).set({ wait: 1 }).defer(), missing("Welcome")],
    ["prepare", () => (Welcome as any).prepare(), missing("Welcome")],
    ["performLater", () => (Deliver as any).performLater(), missing("Deliver")],
    ["performIn", () => (Deliver as any).performIn(1), missing("Deliver")],
    ["performNow", () => (Deliver as any).performNow(), missing("Deliver")],
    ["prepare of a job", () => (Deliver as any).prepare(), missing("Deliver")],
    ["MandateJob", () => MandateJob.performLater("Welcome"), missing("Welcome")],
  ])("are refused by %s", async (_, call, message) => {
    const rig = new Rig();

    const error = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ArgumentCountError);
    expect((error as Error).message).toBe(message);
    expect(await rig.waiting()).toBe(0);
  });

  it("are a failure like any other where the job runs, so that a deploy can mend it", async () => {
    const rig = new Rig();
    const jobs = { poison1: '"MandateJob","args":["Welcome"]', poison2: '"Deliver","args":[]' };
    for (const [jid, job] of Object.entries(jobs)) {
      await rig.put(`{"class":${job},"jid":"${jid}","queue":"default","retry":true}`, { jid });

      expect((await rig.run()).kind).toBe("retry");
    }

    const failures = await rig.records({ set: "retry" });
    expect(failures.map(({ error_class: name }) => name)).toEqual(
      Array(2).fill("ArgumentCountError"),
    );
    expect(new Set(failures.map((each) => each.error_message))).toEqual(
      new Set([missing("Deliver"), missing("Welcome")]),
    );
  });
});

describe("arguments that may be left out", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["those that nothing reads", () => (Note as any).defer()],
    ["those that are optional", () => Welcome.defer(ada)],
    ["those of a class whose call() hands them on", () => (WelcomeTwice as any).defer()],
    ["those of perform", () => Deliver.performLater(ada)],
    ["all, of a rest parameter", () => DeliverAll.performLater()],
  ])("are let through: %s", async (_, defer) => {
    const rig = new Rig();

    await defer();
    await defer();

    expect(await rig.stored(queue())).toHaveLength(2);
  });
});

describe("too many arguments", () => {
  it.each<[string, () => unknown, string]>([
    ["of a job", () => (Deliver as any).performLater(ada, "", 1), tooMany("Deliver", "perform")],
    [
      "of a command by name",
      () => MandateJob.performLater("Welcome", ada, "", 1),
      tooMany("Welcome"),
    ],
    [
      "of a command without any",
      () => MandateJob.performLater("Nothing", 1),
      "Cannot use 1 argument for Nothing: it declares none. Declare them by initializeWith",
    ],
  ])("are refused, %s", async (_, call, message) => {
    new Rig();

    await expect(Promise.resolve().then(call)).rejects.toThrow(message);
  });

  it("are a failure where a command runs, and left aside by a job, which Ruby may have written", async () => {
    const rig = new Rig();
    await rig.put('{"class":"MandateJob","args":["Welcome",{},"",1],"jid":"a","queue":"default"}', {
      jid: "a",
    });
    await rig.put('{"class":"Deliver","args":[{},"",1],"jid":"b","queue":"default"}', {
      jid: "b",
    });

    expect([(await rig.run()).kind, (await rig.run()).kind]).toEqual(["retry", "done"]);

    const [failure] = await rig.records({ set: "retry" });
    expect(failure?.error_message).toBe(tooMany("Welcome"));
  });
});
