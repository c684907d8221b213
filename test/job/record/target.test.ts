import { Command, Job, registerCommands, UnknownCommandError } from "mandate";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { declarationsOf } from "../../../src/job/declare/declarations.ts";
import {
  commandNameOf,
  displayName,
  invoke,
  targetOf,
  wireArguments,
} from "../../../src/job/record/target.ts";

class Greet extends Command.initializeWith((name: string, greeting?: string) => ({
  name,
  greeting,
})) {
  static {
    this.queueAs("low");
  }

  call(): string {
    return `${this.greeting ?? "Hello"} ${this.name}`;
  }
}

class Sum extends Job {
  perform(...numbers: readonly number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }

  /** A job is performed, whatever other methods it has. */
  call(): never {
    throw new Error("Expected perform to be called");
  }
}

registerCommands(Greet, Sum);

function record(fields: Partial<JobRecord>): JobRecord {
  return { class: "MandateJob", args: ["Greet"], queue: "default", jid: "4f1d", ...fields };
}

describe("targetOf", () => {
  it("finds a command by the first argument, with what it declares", () => {
    expect(targetOf(record({ args: ["Greet", "Ada"] }))).toEqual({
      runnable: Greet,
      declarations: declarationsOf(Greet),
    });
  });

  it("finds a job by its class", () => {
    expect(targetOf(record({ class: "Sum", args: [1, 2] })).runnable).toBe(Sum);
  });

  it.each([
    [{ args: ["Grete"] }, 'no command is registered as "Grete"'],
    [{ class: "Greet", args: [] }, 'no job is registered as "Greet"'],
    [{ args: ["Sum"] }, 'no command is registered as "Sum"'],
    [{ args: [] }, 'no job is registered as "MandateJob"'],
    [{ args: [{ name: "Greet" }] }, 'no job is registered as "MandateJob"'],
  ])("finds nothing for %j", (fields, reason) => {
    const find = () => targetOf(record(fields));

    expect(find).toThrow(UnknownCommandError);
    expect(find).toThrow(`Cannot run job 4f1d: ${reason}. Pass its class to registerCommands`);
  });
});

describe("wireArguments and names", () => {
  it("tell a command's name from its arguments", () => {
    const ofCommand = record({ args: ["Greet", "Ada"] });
    const ofJob = record({ class: "Sum", args: ["Sum", 1] });

    expect([commandNameOf(ofCommand), wireArguments(ofCommand)]).toEqual(["Greet", ["Ada"]]);
    expect([commandNameOf(ofJob), wireArguments(ofJob)]).toEqual([undefined, ["Sum", 1]]);
    expect([displayName(ofCommand), displayName(ofJob)]).toEqual(["Greet", "Sum"]);
  });

  it("show the name that a record gives itself, if it is one", () => {
    expect(displayName(record({ display_class: "Welcome" }))).toBe("Welcome");
    expect(displayName(record({ display_class: 7 as never }))).toBe("Greet");
    expect(displayName(record({ args: [7] }))).toBe("MandateJob");
  });
});

describe("invoke", () => {
  it("calls a command with its arguments, and performs a job with them", () => {
    const holder = { command: undefined };

    expect(invoke(Greet, ["Ada"], holder)).toBe("Hello Ada");
    expect(holder.command).toBeInstanceOf(Greet);
    expect(invoke(Sum, [1, 2, 3], holder)).toBe(6);
    expect(holder.command).toBeInstanceOf(Sum);
  });
});
