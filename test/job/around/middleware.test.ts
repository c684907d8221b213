import { abort, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { JobHandle } from "../../../src/job/handle/job-handle.ts";
import { LazyCommand } from "../../../src/job/inside/lazy-command.ts";
import { runInside, type Callback, type Middleware } from "../../../src/job/around/middleware.ts";
import { Rig } from "../rig.ts";

/** What happened, in order. */
type Steps = string[];

function before(steps: Steps, name: string): Callback {
  return { kind: "before", run: () => steps.push(name) };
}

function after(steps: Steps, name: string): Callback {
  return { kind: "after", run: () => steps.push(name) };
}

function around(steps: Steps, name: string): Callback {
  return {
    kind: "around",
    run: async (_job, next) => {
      steps.push(`${name} in`);
      await next();
      steps.push(`${name} out`);
    },
  };
}

function layer(steps: Steps, name: string): Middleware {
  return async (_job, next) => {
    steps.push(`${name} in`);
    await next();
    steps.push(`${name} out`);
  };
}

const halting: Callback = {
  kind: "before",
  run: () => {
    throw abort;
  },
};

class Example extends Job {
  perform(): void {}
}

function handle(): JobHandle {
  const record = { class: "Example", args: [], queue: "default", jid: "0".repeat(24) };
  const { adapter } = new Rig();
  return new JobHandle({ record, className: "Example", arguments: [], adapter });
}

function run(
  layers: { middleware?: readonly Middleware[]; callbacks?: readonly Callback[] },
  core: () => unknown,
): Promise<boolean> {
  const job = handle();
  const source = new LazyCommand(Example, job);
  return runInside({ middleware: [], callbacks: [], source, ...layers }, job, core);
}

describe("runInside", () => {
  it("runs the core where there are no layers", async () => {
    const steps: Steps = [];

    expect(await run({}, () => steps.push("core"))).toBe(true);

    expect(steps).toEqual(["core"]);
  });

  it("runs middleware outside of callbacks, the first outermost", async () => {
    const steps: Steps = [];

    await run(
      {
        middleware: [layer(steps, "one"), layer(steps, "two")],
        callbacks: [before(steps, "before")],
      },
      () => steps.push("core"),
    );

    expect(steps).toEqual(["one in", "two in", "before", "core", "two out", "one out"]);
  });

  it("runs callbacks in ActiveSupport's order: befores on the way in, afters on the way out", async () => {
    const steps: Steps = [];

    await run(
      {
        callbacks: [
          before(steps, "before 1"),
          after(steps, "after 1"),
          around(steps, "around 1"),
          before(steps, "before 2"),
          around(steps, "around 2"),
          after(steps, "after 2"),
        ],
      },
      () => steps.push("core"),
    );

    expect(steps).toEqual([
      "before 1",
      "around 1 in",
      "before 2",
      "around 2 in",
      "core",
      "after 2",
      "around 2 out",
      "around 1 out",
      "after 1",
    ]);
  });

  it("hands each layer the job", async () => {
    const job = handle();
    const given: unknown[] = [];

    await runInside(
      {
        source: new LazyCommand(Example, job),
        middleware: [(each, next) => (given.push(each), next())],
        callbacks: [
          { kind: "before", run: (each) => given.push(each) },
          { kind: "around", run: (each, next) => (given.push(each), next()) },
          { kind: "after", run: (each) => given.push(each) },
        ],
      },
      job,
      () => {},
    );

    expect(given).toEqual([job, job, job, job]);
  });

  it("awaits what layers and the core return", async () => {
    const steps: Steps = [];
    const later = (name: string) => async () => {
      await Promise.resolve();
      steps.push(name);
    };

    await run(
      {
        callbacks: [
          { kind: "before", run: later("before") },
          { kind: "after", run: later("after") },
        ],
      },
      later("core"),
    );

    expect(steps).toEqual(["before", "core", "after"]);
  });
});

describe("runInside, halted", () => {
  it("stops at a before that aborts: no core, no afters, and arounds further out end as usual", async () => {
    const steps: Steps = [];

    const ran = await run(
      {
        callbacks: [
          after(steps, "after"),
          around(steps, "around"),
          halting,
          before(steps, "before"),
          around(steps, "inner"),
        ],
      },
      () => steps.push("core"),
    );

    expect(ran).toBe(false);
    expect(steps).toEqual(["around in", "around out"]);
  });

  it("stops at an around that aborts before it calls next", async () => {
    const steps: Steps = [];
    const callbacks: Callback[] = [
      after(steps, "after"),
      {
        kind: "around",
        run: () => {
          throw abort;
        },
      },
    ];

    expect(await run({ callbacks }, () => steps.push("core"))).toBe(false);

    expect(steps).toEqual([]);
  });

  it("stops at an around that does not call next", async () => {
    const steps: Steps = [];
    const callbacks: Callback[] = [
      after(steps, "after"),
      { kind: "around", run: () => steps.push("around") },
    ];

    expect(await run({ callbacks }, () => steps.push("core"))).toBe(false);

    expect(steps).toEqual(["around"]);
  });

  it("has run where an after aborts: that comes too late", async () => {
    const steps: Steps = [];
    const late: Callback = {
      kind: "after",
      run: () => {
        throw abort;
      },
    };

    expect(await run({ callbacks: [late] }, () => steps.push("core"))).toBe(true);

    expect(steps).toEqual(["core"]);
  });

  it("shows middleware nothing of it", async () => {
    const steps: Steps = [];

    const ran = await run({ middleware: [layer(steps, "outer")], callbacks: [halting] }, () => {});

    expect(ran).toBe(false);
    expect(steps).toEqual(["outer in", "outer out"]);
  });

  it("stops at middleware that does not call next, and at middleware that aborts", async () => {
    const steps: Steps = [];
    const silent: Middleware = async () => {};
    const aborting: Middleware = async () => {
      throw abort;
    };

    for (const stop of [silent, aborting]) {
      const middleware = [layer(steps, "outer"), stop, layer(steps, "inner")];
      expect(await run({ middleware }, () => steps.push("core"))).toBe(false);
    }

    expect(steps).toEqual(["outer in", "outer out", "outer in", "outer out"]);
  });
});

describe("runInside, failing", () => {
  it("passes errors of the core to whoever stands around it", async () => {
    const steps: Steps = [];
    const watching: Middleware = async (_job, next) => {
      await next().catch((error: unknown) => {
        steps.push(String(error));
        throw error;
      });
    };

    const running = run({ middleware: [watching], callbacks: [after(steps, "after")] }, () => {
      throw new RangeError("broken");
    });

    await expect(running).rejects.toThrow(RangeError);
    expect(steps).toEqual(["RangeError: broken"]);
  });

  it("lets middleware swallow an error", async () => {
    const swallowing: Middleware = (_job, next) => next().catch(() => {});

    const running = run({ middleware: [swallowing] }, () => Promise.reject(new Error("broken")));

    expect(await running).toBe(true);
  });

  it("fails where a layer does, after the core too", async () => {
    const middleware: Middleware[] = [
      async (_job, next) => {
        await next();
        throw new Error("too late");
      },
    ];

    await expect(run({ middleware }, () => {})).rejects.toThrow("too late");
  });

  it("refuses to go in twice, whether the second next is awaited or not", async () => {
    const steps: Steps = [];
    const awaiting: Middleware = async (_job, next) => {
      await next();
      await next();
    };
    const callback: Callback = {
      kind: "around",
      run: (_job, next) => {
        void next();
        void next();
      },
    };

    await expect(run({ middleware: [awaiting] }, () => steps.push("core"))).rejects.toThrow(
      new TypeError(
        "Cannot call next() twice in one middleware: it would enqueue, or run, the job twice. Call it once",
      ),
    );
    await expect(run({ callbacks: [callback] }, () => steps.push("core"))).rejects.toThrow(
      new TypeError(
        "Cannot call next() twice in one around callback: it would enqueue, or run, the job twice. Call it once",
      ),
    );
    expect(steps).toEqual(["core", "core"]);
  });
});

describe("runInside, where a layer does not await next", () => {
  const hasty: Middleware = async (_job, next) => {
    void next();
  };

  it("ends no sooner than the core", async () => {
    const steps: Steps = [];

    await run({ middleware: [hasty] }, async () => {
      await new Promise(setImmediate);
      steps.push("core");
    });

    expect(steps).toEqual(["core"]);
  });

  it("loses no error of the core", async () => {
    const running = run({ middleware: [hasty] }, async () => {
      await new Promise(setImmediate);
      throw new Error("broken");
    });

    await expect(running).rejects.toThrow("broken");
  });

  it("fails as the layer does, where that does not wait for the core", async () => {
    const impatient: Middleware = async (_job, next) => {
      void next();
      throw new Error("timed out");
    };

    const running = run({ middleware: [impatient] }, () => Promise.reject(new Error("broken")));

    await expect(running).rejects.toThrow("timed out");
  });
});
