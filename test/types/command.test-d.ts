import {
  Command,
  deferAll,
  jobById,
  type CallArguments,
  type CallOutput,
  type JobById,
  type JobHandle,
  type PreparedJob,
} from "mandate";
import { describe, expectTypeOf, it } from "vitest";

interface User {
  readonly id: number;
  readonly email: string;
}
declare const user: User;

class Greet extends Command.initializeWith((name: string, title?: string) => ({ name, title })) {
  call() {
    return `${this.title ?? ""} ${this.name}`;
  }
}
class Search extends Command.initializeWith(
  (text: string, { page = 1, order = "asc" }: { page?: number; order?: "asc" | "desc" } = {}) => ({
    text,
    page,
    order,
  }),
) {
  async call() {
    return [this.text];
  }
}
class Sum extends Command.initializeWith((first: number, ...others: number[]) => ({
  first,
  others,
})) {
  call() {
    return this.others.reduce((sum, number) => sum + number, this.first);
  }
}
class Nothing extends Command {
  call() {}
}

describe("what call returns", () => {
  it("is what the instance's call does", () => {
    expectTypeOf(Greet.call("Ada")).toEqualTypeOf<string>();
    expectTypeOf(Search.call("ducks")).toEqualTypeOf<Promise<string[]>>();
    expectTypeOf(Sum.call(1, 2)).toEqualTypeOf<number>();
    expectTypeOf(Nothing.call()).toEqualTypeOf<void>();
    expectTypeOf<CallOutput<typeof Greet>>().toEqualTypeOf<string>();
  });

  it("is a union, a generator, never or itself, if that is what it is", () => {
    class Find extends Command {
      call(): User | undefined {
        return undefined;
      }
    }
    class Count extends Command {
      async *call() {
        yield 1;
      }
    }
    class Fail extends Command {
      call(): never {
        throw new Error();
      }
    }

    expectTypeOf(Find.call()).toEqualTypeOf<User | undefined>();
    expectTypeOf(Count.call()).toEqualTypeOf<AsyncGenerator<number, void, unknown>>();
    expectTypeOf(Fail.call()).toEqualTypeOf<never>();
  });

  it("is what a subclass makes of a generic parent", () => {
    abstract class Query<Row> extends Command {
      abstract override call(): Promise<Row[]>;
    }
    class FindUsers extends Query<User> {
      async call() {
        return [user];
      }
    }

    expectTypeOf(FindUsers.call()).toEqualTypeOf<Promise<User[]>>();
  });
});

describe("arguments", () => {
  it("are those of the function, with their names and what is optional", () => {
    expectTypeOf<CallArguments<typeof Greet>>().toEqualTypeOf<
      [name: string, title?: string | undefined]
    >();
    expectTypeOf<CallArguments<typeof Sum>>().toEqualTypeOf<[first: number, ...others: number[]]>();
    expectTypeOf<CallArguments<typeof Nothing>>().toEqualTypeOf<[]>();
    expectTypeOf(Greet.call<typeof Greet>).parameters.toEqualTypeOf<
      [name: string, title?: string | undefined]
    >();
  });

  it("have the type of their default", () => {
    class Repeat extends Command.initializeWith(
      (text: string, times = 2, { separator = ", ", trim = true } = {}) => ({
        text,
        times,
        separator,
        trim,
      }),
    ) {
      call() {
        expectTypeOf(this.times).toEqualTypeOf<number>();
        expectTypeOf(this.separator).toEqualTypeOf<string>();
      }
    }

    Repeat.call("a");
    Repeat.call("a", 3, { trim: false });
    // @ts-expect-error times is a number
    Repeat.call("a", "3");
    // @ts-expect-error there is no such option
    Repeat.call("a", 3, { trimm: false });
  });

  it("are checked", () => {
    Greet.call("Ada", undefined);
    Search.call("ducks", { order: "desc" });
    Sum.call(1);

    // @ts-expect-error the name is missing
    Greet.call();
    // @ts-expect-error the name is a string
    Greet.call(1);
    // @ts-expect-error there are two
    Greet.call("Ada", "Lady", "more");
    // @ts-expect-error no such order
    Search.call("ducks", { order: "up" });
    // @ts-expect-error no such keyword
    Search.call("ducks", { colour: "red" });
    // @ts-expect-error all are numbers
    Sum.call(1, 2, "3");
    // @ts-expect-error there are none
    Nothing.call(1);
  });

  it("are checked alike by defer, prepare and set", () => {
    // @ts-expect-error the name is missing
    void Greet.defer();
    // @ts-expect-error the name is a string
    void Greet.defer(1);
    // @ts-expect-error the name is missing
    Greet.prepare();
    // @ts-expect-error the name is missing
    void Greet.set({ queue: "bulk" }).defer();
    // @ts-expect-error the name is a string
    void Greet.set({ queue: "bulk" }).prepare(1);
    // @ts-expect-error there are none
    void Nothing.defer(1);
  });
});

describe("properties", () => {
  it("are those that the function returns, readonly", () => {
    class Both extends Command.initializeWith((name: string, at?: Date) => ({ name, at })) {
      call() {
        expectTypeOf(this.name).toEqualTypeOf<string>();
        expectTypeOf(this.at).toEqualTypeOf<Date | undefined>();
        // @ts-expect-error it is readonly
        this.name = "other";
        // @ts-expect-error there is none of that name
        void this.title;
      }
    }
    void Both;
  });

  it("are not named like members of Command", () => {
    // @ts-expect-error job is a member
    Command.initializeWith((job: string) => ({ job }));
    // @ts-expect-error signal is a member
    Command.initializeWith((name: string) => ({ name, signal: 1 }));
    // @ts-expect-error call is a member
    Command.initializeWith(() => ({ call: () => 1 }));
    // @ts-expect-error logger is a member
    Command.initializeWith(() => ({ logger: console }));
    // @ts-expect-error inject is a member
    Command.initializeWith((inject: string) => ({ inject }));
    // @ts-expect-error abort is a member of CallbacksCommand
    Command.initializeWith((abort: string) => ({ abort }));
    // @ts-expect-error addError is a member of CallbacksCommand
    Command.initializeWith((addError: string) => ({ addError }));
    // @ts-expect-error abortIfErrored is a member of CallbacksCommand
    Command.initializeWith((abortIfErrored: string) => ({ abortIfErrored }));
    // @ts-expect-error progress is a member
    Command.initializeWith((progress: number) => ({ progress }));
    // @ts-expect-error requeueJob is a member
    Command.initializeWith((requeueJob: string) => ({ requeueJob }));
    // @ts-expect-error constructor is a member
    Command.initializeWith((constructor: string) => ({ constructor }));
    // @ts-expect-error batch is to become a member
    Command.initializeWith((batch: string) => ({ batch }));
    // @ts-expect-error step is to become a member
    Command.initializeWith((step: number) => ({ step }));
    // @ts-expect-error iterate is to become a member
    Command.initializeWith((iterate: boolean) => ({ iterate }));
    // @ts-expect-error prereqResults is to become a member
    Command.initializeWith((prereqResults: string[]) => ({ prereqResults }));
    // @ts-expect-error guardAgainstDeserializationErrors is a member
    Command.initializeWith((guard: string) => ({ guardAgainstDeserializationErrors: guard }));
  });

  it("come in an object, at once", () => {
    // @ts-expect-error a string is no object
    Command.initializeWith((name: string) => name);
    // @ts-expect-error nothing is returned
    Command.initializeWith((name: string) => {
      void name;
    });
    // @ts-expect-error it cannot wait
    Command.initializeWith(async (name: string) => ({ name }));
    // @ts-expect-error it is no function
    Command.initializeWith({ name: "Ada" });
    // @ts-expect-error a parameter has no type
    Command.initializeWith((name) => ({ name }));
  });
});

describe("defer", () => {
  it("resolves to a handle", async () => {
    const job = await Greet.defer("Ada");

    expectTypeOf(job).toExtend<JobHandle>();
    expectTypeOf(job.id).toEqualTypeOf<string>();
    expectTypeOf(job.queueName).toEqualTypeOf<string>();
    expectTypeOf(job.className).toEqualTypeOf<string>();
    expectTypeOf(job.arguments).toEqualTypeOf<readonly unknown[]>();
    expectTypeOf(job.scheduledAt).toEqualTypeOf<Date | undefined>();
    expectTypeOf(await job.status()).toEqualTypeOf<
      | "scheduled"
      | "blocked"
      | "enqueued"
      | "running"
      | "retrying"
      | "dead"
      | "finished"
      | "cancelled"
      | "unknown"
    >();
    expectTypeOf(await Greet.set({}).defer("Ada")).toExtend<JobHandle>();
  });

  it("knows what the job comes to", async () => {
    class Later extends Command.initializeWith((n: number) => ({ n })) {
      async call(): Promise<{ readonly n: number }> {
        return { n: this.n };
      }
    }
    const job = await Later.defer(1);
    const asGreeting: JobHandle<string> = await Greet.defer("Ada");

    expectTypeOf(job.result({ timeout: "10 seconds" })).toEqualTypeOf<
      Promise<{ readonly n: number }>
    >();
    expectTypeOf(await (await Later.set({}).defer(1)).result()).toEqualTypeOf<{
      readonly n: number;
    }>();
    expectTypeOf(asGreeting.result()).toEqualTypeOf<Promise<string>>();
    expectTypeOf<JobHandle>().toHaveProperty("result").returns.resolves.toBeUnknown();
    // @ts-expect-error a greeting is no number
    const asNumber: JobHandle<number> = await Greet.defer("Ada");
    // @ts-expect-error a typing error
    void job.result({ timeout: "10 secnds" });
    void asNumber;
  });

  it("knows what a job comes to of which only the id is known, if it is told the class", async () => {
    class Later extends Command.initializeWith((n: number) => ({ n })) {
      async call(): Promise<number> {
        return this.n;
      }
    }
    const job = jobById<typeof Later>("0123456789abcdef01234567");

    expectTypeOf(job).toEqualTypeOf<JobById<number>>();
    expectTypeOf(job.result({ timeout: 5 })).toEqualTypeOf<Promise<number>>();
    expectTypeOf(jobById("0123456789abcdef01234567").result()).resolves.toBeUnknown();
    expectTypeOf<JobHandle<number>>().toExtend<JobById<number>>();
    expectTypeOf(await Greet.set({ prereqJobs: [job] }).defer("Ada")).toExtend<JobHandle<string>>();
    // @ts-expect-error nobody has read its arguments
    void job.arguments;
    // @ts-expect-error an id is a string
    jobById(7);
  });

  it("lets a command return the handle of another job of its own class", () => {
    class Down extends Command.initializeWith((n: number) => ({ n })) {
      async call() {
        return this.n > 0 ? Down.defer(this.n - 1) : undefined;
      }
    }
    class Ping extends Command {
      call() {
        return Pong.defer();
      }
    }
    class Pong extends Command {
      async call() {
        const job = await Ping.defer();
        return job.id;
      }
    }
    void [Down, Ping];
  });

  it("takes options behind all arguments, the optional ones written out", () => {
    void Greet.defer("Ada", "Lady", { wait: 60 });
    void Greet.defer("Ada", undefined, { wait: "5 minutes" });
    void Search.defer("ducks", { page: 2 }, { queue: "bulk" });
    void Search.defer("ducks", undefined, { queue: "bulk" });
    void Nothing.defer({ waitUntil: new Date() });
    void Greet.prepare("Ada", undefined, { priority: 1 });

    // @ts-expect-error the title is not written out
    void Greet.defer("Ada", { wait: 60 });
    // @ts-expect-error these are no keywords
    void Search.defer("ducks", { queue: "bulk" });
    // @ts-expect-error nothing follows the options
    void Greet.defer("Ada", "Lady", { wait: 60 }, 1);
    // @ts-expect-error these are no options
    void Greet.defer("Ada", "Lady", 60);
  });

  it("takes no options with a rest parameter: set does", () => {
    void Sum.set({ queue: "bulk" }).defer(1, 2, 3);

    // @ts-expect-error set is the way
    void Sum.defer(1, 2, { queue: "bulk" });
    // @ts-expect-error behind set there are only arguments
    void Greet.set({}).defer("Ada", "Lady", { wait: 60 });
  });

  it("knows each option, and no other", async () => {
    const job = await Nothing.defer();
    void Nothing.defer({
      wait: 1,
      queue: "bulk",
      priority: -1,
      prereqJobs: [
        job,
        "0123456789abcdef01234567",
        Nothing.prepare(),
        { jid: "4f1d", queue: "low" },
        { job_id: "4f1d", queue_name: "low" },
        job.record,
      ],
      prereqFailure: "bury",
      jid: "0123456789abcdef01234567",
      tags: ["a"],
      expiresIn: "5 minutes",
    });
    // @ts-expect-error a typing error
    void Greet.set({ expiresIn: "5 mintes" });

    // @ts-expect-error a typing error
    void Nothing.defer({ weit: 1 });
    // @ts-expect-error a typing error
    void Nothing.set({ que: "bulk" });
    // @ts-expect-error no date
    void Nothing.defer({ waitUntil: 5 });
    // @ts-expect-error no list
    void Nothing.defer({ prereqJobs: job });
    // @ts-expect-error no job
    void Nothing.defer({ prereqJobs: [1] });
    // @ts-expect-error no jid
    void Nothing.defer({ prereqJobs: [{ queue: "low" }] });
    // @ts-expect-error neither release nor bury
    void Nothing.defer({ prereqFailure: "drop" });
  });

  it("knows durations", () => {
    void Nothing.defer({ wait: "30s" });
    void Nothing.defer({ wait: "1.5 hours" });
    void Nothing.defer({ wait: "2 days" });

    // @ts-expect-error a typing error
    void Nothing.defer({ wait: "5 minuets" });
    // @ts-expect-error no unit
    void Nothing.defer({ wait: "5" });
    // @ts-expect-error no number
    void Nothing.set({ wait: "soon" });
  });
});

describe("prepare", () => {
  it("makes what deferAll takes", async () => {
    const prepared = Greet.prepare("Ada");

    expectTypeOf(prepared).toExtend<PreparedJob>();
    expectTypeOf(await deferAll([prepared, Nothing.prepare()])).toExtend<JobHandle[]>();
    const [greeting] = await deferAll([prepared]);
    expectTypeOf(greeting).toEqualTypeOf<JobHandle<string> | undefined>();
    const jobs: PreparedJob[] = [prepared];
    expectTypeOf(await deferAll(jobs)).toEqualTypeOf<JobHandle[]>();
    // @ts-expect-error a command is no job
    void deferAll([Greet]);
  });
});

describe("an abstract command", () => {
  abstract class ApplicationCommand extends Command {
    static readonly tenant: string = "acme";
    protected readonly locale: string = "en";
    protected translate(word: string): string {
      return `${this.locale}:${word}`;
    }
  }

  it("gives its members to those that it initializes, protected ones too", () => {
    class Say extends ApplicationCommand.initializeWith((word: string) => ({ word })) {
      call() {
        expectTypeOf(this.locale).toEqualTypeOf<string>();
        return this.translate(this.word);
      }
    }

    expectTypeOf(Say.call("a")).toEqualTypeOf<string>();
    expectTypeOf(Say.tenant).toEqualTypeOf<string>();
    // @ts-expect-error it is protected
    void new Say("a").locale;
  });

  it("cannot be called, deferred or made", () => {
    // @ts-expect-error it is abstract
    ApplicationCommand.call();
    // @ts-expect-error it is abstract
    void ApplicationCommand.defer();
    // @ts-expect-error it is abstract
    Command.call();
    // @ts-expect-error it has no call
    Command.initializeWith((a: number) => ({ a })).call(1);
  });

  it("must have a call in the end", () => {
    // @ts-expect-error call is missing
    class Lazy extends ApplicationCommand.initializeWith(() => ({})) {}
    void Lazy;
  });

  it("is called on one whose arguments can be left out", () => {
    // @ts-expect-error Greet needs a name, and nobody would give it
    Greet.initializeWith((other: number) => ({ other }));
  });
});

describe("members for commands themselves", () => {
  it("are not for others", () => {
    const command = new Nothing();

    // @ts-expect-error for the command itself
    void command.job;
    // @ts-expect-error for the command itself
    command.requeueJob(5);
    // @ts-expect-error for the command itself
    command.inject(Greet);
  });

  it("have their types", () => {
    class Look extends Command {
      private readonly greeter = this.inject(Greet);
      private readonly url = this.inject<string>("url");

      call() {
        expectTypeOf(this.greeter).toEqualTypeOf<Greet>();
        expectTypeOf(this.url).toEqualTypeOf<string>();
        expectTypeOf(this.job).toEqualTypeOf<JobHandle | undefined>();
        expectTypeOf(this.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(this.requeueJob("5 minutes")).toEqualTypeOf<never>();
        // @ts-expect-error a typing error
        this.requeueJob("5 minuets");
      }
    }
    void Look;
  });
});
