import { Command, GlobalID } from "mandate";
import { describe, expect, it } from "vitest";
import type { StoredJob } from "../../../src/adapters/job-store.ts";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { JobEntry } from "../../../src/inspection/entries/job-entry.ts";
import { matcherOf, type JobSelection } from "../../../src/inspection/lists/selection.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const NOW = 1_800_000_000;

class Invoice extends Command {
  call(): void {}
}

class SmtpBusyError extends Error {}

class NamedError extends Error {
  static {
    this.prototype.name = "Mail::Named";
  }
}

describe("a selection", () => {
  it.each<[string, JobSelection]>([
    ["no field", {}],
    ["its jid", { jid: "a1" }],
    ["one of several jids", { jid: ["b2", "a1"] }],
    ["its command's name", { command: "Invoice" }],
    ["its command's class", { command: Invoice }],
    ["its queue", { queue: "mailers" }],
    ["its error's name", { errorClass: "SmtpBusyError" }],
    ["its error's class", { errorClass: SmtpBusyError }],
    ["being older", { olderThan: "59 minutes" }],
    ["being newer", { newerThan: "61 minutes" }],
    ["a part of a text argument", { argument: "example.org" }],
    ["a number argument", { argument: "42" }],
    ["a deep argument", { argument: "deep" }],
    ["a global id", { globalId: "gid://app/User/1" }],
    ["a GlobalID", { globalId: GlobalID.parse("gid://app/User/1")! }],
    ["a tag", { tag: "billing" }],
    ["all of several", { command: "Invoice", queue: "mailers", tag: "billing" }],
  ])("finds a job by %s", (_by, selection) => {
    expect(fits(selection)).toBe(true);
  });

  it.each<[string, JobSelection]>([
    ["jid", { jid: "b2" }],
    ["jids", { jid: [] }],
    ["command", { command: "Invoices" }],
    ["queue", { queue: "default" }],
    ["error", { errorClass: "Error" }],
    ["age", { olderThan: "61 minutes" }],
    ["youth", { newerThan: "59 minutes" }],
    ["argument", { argument: "example.com" }],
    ["a part of a number argument", { argument: "4" }],
    ["global id", { globalId: "gid://app/User/10" }],
    ["a part of a global id", { globalId: "gid://app/User" }],
    ["tag", { tag: "bill" }],
    ["one of several", { command: "Invoice", queue: "default" }],
  ])("passes over a job of another %s", (_by, selection) => {
    expect(fits(selection)).toBe(false);
  });

  it("finds what mentions a record, among the arguments or in the context", () => {
    const user = "gid://app/User/1";
    const context = { cattr: { account: { owner: user } } };

    expect(fits({ mentions: user })).toBe(true);
    expect(fits({ mentions: GlobalID.parse(user)! }, { args: [], ...context })).toBe(true);
    expect(fits({ globalId: user }, { args: [], ...context })).toBe(false);
    expect(fits({ mentions: "gid://app/User/10" }, context)).toBe(false);
  });

  it("knows an error by the name it gives itself", () => {
    expect(fits({ errorClass: NamedError }, { error_class: "Mail::Named" })).toBe(true);
  });

  it("passes over a job that does not say what is asked for", () => {
    const bare = { created_at: undefined, error_class: undefined, tags: undefined, args: [] };

    for (const selection of [
      { olderThan: 1 },
      { newerThan: 1 },
      { errorClass: "Error" },
      { tag: "a" },
      { argument: "a" },
    ]) {
      expect(fits(selection, bare)).toBe(false);
    }
  });

  it("refuses a field that there is not, as it would mean every job", () => {
    expect(() => fits({ comand: "Invoice" } as JobSelection)).toThrow(
      'Cannot use option "comand" in a selection of jobs: there is no such option. Did you mean "command"? There are: jid, ' +
        "command, queue, errorClass, olderThan, newerThan, argument, globalId, mentions, tag",
    );
  });

  it("refuses a field that is undefined, as it would mean every job", () => {
    expect(() => fits({ jid: undefined } as unknown as JobSelection)).toThrow(
      "Cannot select jobs: jid is undefined. Leave it out where all are meant",
    );
  });

  it("refuses an age that is none", () => {
    expect(() => fits({ olderThan: "1 hout" as "1 hour" })).toThrow(
      'Cannot read "1 hout" as olderThan: "hout" is not a unit of time',
    );
  });
});

function fits(selection: JobSelection, fields: object = {}): boolean {
  const payload = JSON.stringify({
    class: "MandateJob",
    args: ["Invoice", "ada@example.org", 42, { user: ["gid://app/User/1", { is: "deep down" }] }],
    created_at: NOW - 3600 + 0.5,
    error_class: "SmtpBusyError",
    tags: ["billing"],
    ...fields,
  });
  const stored: StoredJob = { jid: "a1", queue: "mailers", payload, at: undefined };
  const adapter = new MemoryAdapter({ logger: silentLogger });
  return matcherOf(selection, NOW)(new JobEntry(adapter, { set: "retry" }, stored));
}
