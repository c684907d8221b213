import { describe, expect, expectTypeOf, it } from "vitest";
import {
  CallbacksCommand,
  Command,
  Job,
  MandateJob,
  type JobHandle,
  type RecurringJob,
} from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNoEnqueuedJobs,
  assertNoPerformedJobs,
  assertPerformedJobs,
  assertPerformedWith,
  clearJobs,
  enqueuedJobs,
  fake,
  inline,
  performedJobs,
  recurringJobs,
  travel,
  travelTo,
  performEnqueuedJobs,
  useTestAdapter,
  within,
} from "mandate/testing";
import "mandate/vitest";

class User {
  id = 1;
}

class Welcome extends Command.initializeWith((user: User, locale?: string) => ({ user, locale })) {
  call() {}
}

class Nothing extends Command {
  call() {}
}

class Tag extends Command.initializeWith((...tags: string[]) => ({ tags })) {
  call() {}
}

class Sum extends CallbacksCommand.initializeWith((a: number, b: number) => ({ a, b })) {
  call() {
    return this.a + this.b;
  }
}

class CleanUp extends Job {
  perform(_folder: string, _days = 7) {}
}

abstract class ApplicationCommand extends Command {}

const user = new User();
const at = new Date();

describe("the arguments that an assertion expects", () => {
  it("are those of the command", () => {
    void assertEnqueuedWith({ command: Welcome, args: [user] });
    void assertEnqueuedWith({ command: Welcome, args: [user, "en"], queue: "mailers" }, () => {});
    void assertEnqueuedWith({ job: Welcome, args: [user, undefined] });
    void assertEnqueuedWith({ command: Nothing, args: [] });
    void assertEnqueuedWith({ command: Tag, args: ["a", "b", "c"] });
    void assertPerformedWith({ command: Sum, args: [1, 2] }, async () => Sum.defer(1, 2));
    // @ts-expect-error a text is no user
    void assertEnqueuedWith({ command: Welcome, args: ["Ada"] });
    // @ts-expect-error the user is missing
    void assertEnqueuedWith({ command: Welcome, args: [] });
    // @ts-expect-error there is no third argument
    void assertEnqueuedWith({ command: Welcome, args: [user, "en", 3] });
    // @ts-expect-error it has none
    void assertEnqueuedWith({ job: Nothing, args: [1] });
    // @ts-expect-error tags are texts
    void assertEnqueuedWith({ command: Tag, args: ["a", 1] });
    // @ts-expect-error numbers are no texts
    void assertPerformedWith({ command: Sum, args: ["1", 2] });
  });

  it("are those of a job", () => {
    void assertEnqueuedWith({ job: CleanUp, args: ["tmp"] });
    void assertEnqueuedWith({ job: CleanUp, args: ["tmp", 3] });
    void assertEnqueuedWith({ job: MandateJob, args: ["Welcome", user] });
    // @ts-expect-error days are a number
    void assertEnqueuedWith({ job: CleanUp, args: ["tmp", "3"] });
    // @ts-expect-error a command has a name
    void assertEnqueuedWith({ job: MandateJob, args: [1] });
  });

  it("are the command's where MandateJob is named too", () => {
    void assertEnqueuedWith({ job: MandateJob, command: Sum, args: [1, 2] });
    // @ts-expect-error numbers are no texts
    void assertEnqueuedWith({ job: MandateJob, command: Sum, args: ["Sum", 1] });
  });

  it("may be anything where the class is not known", () => {
    void assertEnqueuedWith({ command: "Welcome", args: [1, "two"] });
    void assertEnqueuedWith({ args: [1, "two"] });
  });

  it("may be matchers", () => {
    void assertEnqueuedWith({ command: Welcome, args: [expect.anything(), expect.any(String)] });
    void assertEnqueuedWith({ command: Sum, args: [within(1).of(at), 2] });
  });
});

describe("the rest of an expectation", () => {
  it("is checked", () => {
    void assertEnqueuedWith({ command: Welcome, at, priority: 5, queue: "low" });
    void assertEnqueuedWith({ at: within("1 second").of(at) });
    // @ts-expect-error no such property
    void assertEnqueuedWith({ class: Welcome });
    // @ts-expect-error a time is a date or a matcher
    void assertEnqueuedWith({ at: 5 });
    // @ts-expect-error a class of something else
    void assertEnqueuedWith({ command: User });
    // @ts-expect-error a class that cannot be made
    void assertEnqueuedWith({ command: ApplicationCommand });
    // @ts-expect-error no duration
    within("1 secnod");
  });

  it("gives a handle", () => {
    expectTypeOf(assertEnqueuedWith({ command: Sum })).resolves.toEqualTypeOf<JobHandle>();
    expectTypeOf(assertPerformedWith({ command: Sum })).resolves.toEqualTypeOf<JobHandle>();
  });
});

describe("counting assertions", () => {
  it("take options, a block, or both", () => {
    void assertEnqueuedJobs(1);
    void assertEnqueuedJobs(1, () => Sum.defer(1, 2));
    void assertEnqueuedJobs(1, { only: Sum });
    void assertEnqueuedJobs(1, { only: [Sum, CleanUp, "Welcome"], queue: "low" }, async () => {});
    void assertNoEnqueuedJobs();
    void assertNoEnqueuedJobs(() => {});
    void assertNoEnqueuedJobs({ except: Sum }, () => {});
    void assertPerformedJobs(1, { only: MandateJob });
    void assertPerformedJobs(1, async () => {});
    void assertNoPerformedJobs({ queue: "low" });
    expectTypeOf(assertEnqueuedJobs(1)).toEqualTypeOf<Promise<void>>();
    // @ts-expect-error a number is missing
    void assertEnqueuedJobs(() => {});
    // @ts-expect-error no such option
    void assertEnqueuedJobs(1, { class: Sum });
    // @ts-expect-error a class of something else
    void assertEnqueuedJobs(1, { only: User });
    // @ts-expect-error only what is performed can be picked by time
    void assertPerformedJobs(1, { at });
  });
});

describe("performEnqueuedJobs", () => {
  it("gives a number, or what its block does", () => {
    expectTypeOf(performEnqueuedJobs()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(performEnqueuedJobs({ only: Sum, at })).toEqualTypeOf<Promise<number>>();
    expectTypeOf(performEnqueuedJobs(() => Sum.defer(1, 2))).resolves.toExtend<JobHandle>();
    expectTypeOf(performEnqueuedJobs(() => "a", { queue: "low" })).resolves.toEqualTypeOf<string>();
    expectTypeOf(performEnqueuedJobs({ except: Sum }, () => 1)).resolves.toEqualTypeOf<number>();
  });
});

describe("modes", () => {
  it("hold for a block, and give what it does", () => {
    expectTypeOf(fake()).toEqualTypeOf<void>();
    expectTypeOf(inline(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(inline(async () => "a")).toEqualTypeOf<Promise<string>>();
  });
});

describe("what is recorded", () => {
  it("is read without waiting", () => {
    expectTypeOf(enqueuedJobs()).toEqualTypeOf<readonly JobHandle[]>();
    expectTypeOf(performedJobs()).toEqualTypeOf<readonly JobHandle[]>();
    expectTypeOf(clearJobs()).toEqualTypeOf<void>();
    expectTypeOf(useTestAdapter()).toExtend<Disposable>();
  });
});

describe("time", () => {
  it("is a date, or a duration", () => {
    expectTypeOf(travelTo(new Date())).toEqualTypeOf<Promise<number>>();
    expectTypeOf(travel("3 days")).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error A date is read by no convention here.
    void travelTo("2026-03-02");
    // @ts-expect-error There is no such unit.
    void travel("3 fortnights");
  });

  it("has recurring jobs, of all classes or one", () => {
    expectTypeOf(recurringJobs(Sum)).toEqualTypeOf<Promise<readonly RecurringJob[]>>();
  });
});

describe("vitest's expect", () => {
  it("knows the matchers, and their arguments", () => {
    expectTypeOf(expect(() => {}).toEnqueue(Welcome)).toEqualTypeOf<Promise<void>>();
    void expect(() => {}).toEnqueue(Welcome, { args: [user, "en"], queue: "mailers", at });
    void expect(() => {}).not.toEnqueue();
    void expect(() => {}).toEnqueueTimes(2, { only: [Sum] });
    void expect(() => {}).toPerform(CleanUp, { args: ["tmp"] });
    void expect(() => {}).not.toPerform("CleanUp", { args: [1] });
    // @ts-expect-error a text is no user
    void expect(() => {}).toEnqueue(Welcome, { args: ["Ada"] });
    // @ts-expect-error days are a number
    void expect(() => {}).toPerform(CleanUp, { args: ["tmp", "3"] });
    // @ts-expect-error a number is missing
    void expect(() => {}).toEnqueueTimes();
  });
});
