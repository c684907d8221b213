import { Command, SerializationError, StepsChangedError, type Step } from "mandate";
import { describe, expect, it } from "vitest";
import { onEach } from "./steps-rig.ts";

/** A command that does what the test says. */
function commandOf(work: (command: Steps) => unknown): typeof Steps {
  return class Import extends Steps {
    override call(): unknown {
      return work(this);
    }
  };
}

class Steps extends Command {
  do<Output>(name: string, work: (step: Step<number>) => Output): Promise<Awaited<Output>> {
    return this.step(name, work);
  }

  get resumptions(): number | undefined {
    return this.job?.resumptions;
  }

  override call(): unknown {
    return undefined;
  }
}

describe("steps, called inline,", () => {
  it("just run, and give what they come to", async () => {
    const seen: unknown[] = [];
    const Import = commandOf(async (import_) => {
      seen.push(await import_.do("count", () => 3));
      await import_.do("rows", async (step) => {
        seen.push(step.name, step.cursor, step.isResumed);
        await step.advance(2);
        seen.push(step.cursor);
        await step.checkpoint();
      });
      return import_.do("outer", () => import_.do("inner", () => "end"));
    });

    expect(await Import.call()).toBe("end");
    expect(seen).toEqual([3, "rows", undefined, false, 2]);
  });

  it("are refused side by side", async () => {
    const Import = commandOf((import_) =>
      Promise.all([import_.do("a", () => Promise.resolve()), import_.do("b", () => 1)]),
    );

    await expect(Import.call()).rejects.toThrow(
      new TypeError(
        'Cannot begin step "b" of Import while "a" runs: steps follow one another, so that a later run knows where this one was. ' +
          "Await the first, or do in one step what goes side by side",
      ),
    );
  });

  it("need a name and a function", async () => {
    const nameless = commandOf((import_) => import_.do("", () => 1));
    const idle = commandOf((import_) => import_.do("a", 5 as never));

    await expect(nameless.call()).rejects.toThrow(
      new TypeError(
        'Cannot begin a step of Import: its name is "". Give a string that is not empty',
      ),
    );
    await expect(idle.call()).rejects.toThrow(
      new TypeError('Cannot begin step "a" of Import: what it does is a number. Give a function'),
    );
  });

  it("let timers have their turn", async () => {
    let isOver = false;
    const Import = commandOf((import_) =>
      import_.do("rows", async (step) => {
        setTimeout(() => (isOver = true), 20);
        for (let row = 0; !isOver; row += 1) await step.advance(row);
        return "ended";
      }),
    );

    expect(await Import.call()).toBe("ended");
  });
});

describe("steps of a job", () => {
  onEach((open) => {
    it("are done once, and give their results again", async () => {
      const rig = await open();
      const done: unknown[] = [];
      const Import = commandOf(async (import_) => {
        const total = await import_.do("count", () => (done.push("count"), { rows: 3n }));
        await import_.do("rows", () => {
          done.push(total);
          if (done.length < 4) throw new Error("a row is broken");
        });
        return import_.do("nothing", () => undefined);
      });
      await Import.defer();

      const first = await rig.run();
      const second = await rig.retryNow();

      expect([first.kind, second.kind]).toEqual(["retry", "retry"]);
      expect(await rig.retryNow()).toMatchObject({ kind: "done" });
      expect(done).toEqual(["count", { rows: 3n }, { rows: 3n }, { rows: 3n }]);
    });

    it("go on behind what was advanced to where the worker stops", async () => {
      const rig = await open();
      const rows: (number | string)[] = [];
      const Import = commandOf((import_) =>
        import_.do("rows", async (step) => {
          rows.push(`from ${step.cursor ?? 0}, ${step.isResumed}, ${import_.resumptions}`);
          for (let row = (step.cursor ?? 0) + 1; row <= 5; row += 1) {
            rows.push(row);
            if (row === 2 || row === 4) rig.stop();
            await step.advance(row);
          }
        }),
      );
      await Import.defer();

      const kinds = await rig.work();

      expect(kinds).toEqual(["release", "release", "done"]);
      expect(rows).toEqual([
        "from 0, false, 0",
        1,
        2,
        "from 2, true, 1",
        3,
        4,
        "from 4, true, 2",
        5,
      ]);
      expect(rig.errors).toEqual([]);
      expect(await rig.records({ set: "retry" })).toEqual([]);
    });

    it("are interrupted before the next one begins", async () => {
      const rig = await open();
      const done: string[] = [];
      const Import = commandOf(async (import_) => {
        await import_.do("a", () => (done.push("a"), rig.stop()));
        await import_.do("b", () => done.push("b"));
      });
      await Import.defer();

      expect(await rig.work()).toEqual(["release", "done"]);
      expect(done).toEqual(["a", "b"]);
    });

    it("repeat what no checkpoint has where the process is killed", async () => {
      const rig = await open();
      const rows: number[] = [];
      let kill = (): void => undefined;
      const Import = commandOf(async (import_) => {
        await import_.do("count", () => rows.push(0));
        await import_.do("rows", async (step) => {
          for (let row = (step.cursor ?? 0) + 1; row <= 4; row += 1) {
            rows.push(row);
            await step.advance(row);
            if (row === 2) await step.checkpoint();
            if (row === 3 && kill !== undefined) {
              const die = kill;
              kill = undefined as never;
              die();
              await new Promise(() => undefined);
            }
          }
        });
      });
      await Import.defer();

      await rig.runUntilKilled(new Promise((resolve) => (kill = resolve)));
      const last = await rig.run();

      expect(last.kind).toBe("done");
      expect(rows).toEqual([0, 1, 2, 3, 3, 4]);
      expect(await rig.records()).toEqual([]);
    });

    it("spend no attempt where they were interrupted, and keep the job's place and fields", async () => {
      const rig = await open();
      const Import = commandOf((import_) =>
        import_.do("rows", async (step) => {
          rig.stop();
          await step.advance(1);
        }),
      );
      await Import.defer();
      await Import.defer();
      const [before, after] = await rig.records();

      await rig.run();

      const [next, other] = await rig.records();
      expect(next).toEqual({ ...before, steps: [{ name: "rows", value: { json: 1 } }] });
      expect(other).toEqual(after);
    });

    it("have failures counted anew once they have gone on", async () => {
      const rig = await open();
      let failures = 0;
      const Import = commandOf((import_) =>
        import_.do("rows", async (step) => {
          failures += 1;
          if (failures === 3) await step.advance(1);
          throw new Error(`failure ${failures}`);
        }),
      );
      await Import.defer();

      const counts: unknown[] = [];
      await rig.run();
      for (let again = 0; again < 4; again += 1) {
        const [record] = await rig.records({ set: "retry" });
        counts.push([record?.retry_count, record?.retried_at !== undefined]);
        await rig.retryNow();
      }

      expect(counts).toEqual([
        [0, false],
        [1, true],
        [0, false],
        [1, true],
      ]);
    });

    it("take retries of a rule anew as well", async () => {
      const rig = await open();
      const Import = commandOf((import_) =>
        import_.do("rows", async (step) => {
          await step.advance((step.cursor ?? 0) + 1);
          throw new RangeError("a row is broken");
        }),
      );
      Import.retryOn(RangeError, { attempts: 2, wait: 0 });
      await Import.defer();

      const kinds = [await rig.run(), await rig.retryNow(), await rig.retryNow()];

      expect(kinds.map(({ kind }) => kind)).toEqual(["retry", "retry", "retry"]);
    });

    it("are interrupted though the command catches that, with a warning", async () => {
      const rig = await open();
      const Import = commandOf(async (import_) => {
        try {
          await import_.do("rows", async (step) => {
            rig.stop();
            await step.advance(1).catch(() => undefined);
          });
        } catch {
          // Swallowed.
        }
        return "as if it were done";
      });
      await Import.defer();

      const { kind } = await rig.run();

      expect(kind).toBe("release");
      expect(rig.log.troubles[0]).toBe(
        "Import caught what a step throws where its run is interrupted. It is put back all the same: let that pass",
      );
      expect((await rig.records())[0]?.steps).toEqual([{ name: "rows", value: { json: 1 } }]);
    });

    it("do no more where the command catches that, and goes on", async () => {
      const rig = await open();
      const done: string[] = [];
      const Import = commandOf(async (import_) => {
        await import_
          .do("rows", async (step) => {
            rig.stop();
            await step.advance(1);
          })
          .catch(() => undefined);
        await import_.do("report", () => {
          done.push("report");
        });
      });
      await Import.defer();

      expect((await rig.run()).kind).toBe("release");
      expect(done).toEqual([]);
    });

    it("are interrupted though the command throws something else, with a warning", async () => {
      const rig = await open();
      const Import = commandOf(async (import_) => {
        try {
          await import_.do("rows", async (step) => {
            rig.stop();
            await step.advance(1);
          });
        } catch (cause) {
          throw new Error("the import failed", { cause });
        }
      });
      await Import.defer();

      expect((await rig.run()).kind).toBe("release");
      expect(rig.log.troubles).toHaveLength(1);
      expect(rig.errors).toEqual([]);
    });

    it("may have others within them, which go on too", async () => {
      const rig = await open();
      const done: string[] = [];
      const Import = commandOf((import_) =>
        import_.do("outer", async () => {
          await import_.do("a", () => done.push("a"));
          await import_.do("b", async (step) => {
            for (let row = (step.cursor ?? 0) + 1; row <= 3; row += 1) {
              done.push(`b${row}`);
              if (row === 2 && step.cursor === 1) rig.stop();
              await step.advance(row);
            }
          });
          return done.length;
        }),
      );
      await Import.defer();

      await rig.run();
      const [record] = await rig.records();
      expect(record?.steps).toEqual([
        {
          name: "outer",
          steps: [
            { name: "a", done: true, value: { json: 1 } },
            { name: "b", value: { json: 2 } },
          ],
        },
      ]);
      expect((await rig.run()).kind).toBe("done");
      expect(done).toEqual(["a", "b1", "b2", "b3"]);
    });

    it("are refused side by side, and named", async () => {
      const rig = await open();
      const Import = commandOf((import_) =>
        import_.do("outer", () =>
          Promise.all([import_.do("a", () => Promise.resolve()), import_.do("b", () => 1)]),
        ),
      );
      await Import.defer();

      await rig.run();

      expect(rig.errors).toEqual([
        new TypeError(
          'Cannot begin step "outer/b" of Import while "outer/a" runs: steps follow one another, so that a later run knows where this one was. ' +
            "Await the first, or do in one step what goes side by side",
        ),
      ]);
    });

    it("have names of their own", async () => {
      const rig = await open();
      const Import = commandOf(async (import_) => {
        await import_.do("a", () => 1);
        await import_.do("a", () => 2);
      });
      await Import.defer();

      await rig.run();

      expect(rig.errors).toEqual([
        new TypeError(
          'Cannot begin step "a" of Import: there was one of that name. ' +
            "Give each a name of its own; for many of a kind use one step with a cursor, or iterate",
        ),
      ]);
    });

    it("are to be awaited", async () => {
      const rig = await open();
      const Import = commandOf((import_) => void import_.do("a", () => new Promise(() => {})));
      await Import.defer();

      await rig.run();

      expect(rig.errors).toEqual([
        new TypeError('Cannot end Import: its step "a" still runs. Await each step'),
      ]);
    });

    it("advance no more once they have ended", async () => {
      const rig = await open();
      let kept: Step<number> | undefined;
      const Import = commandOf(async (import_) => {
        await import_.do("a", (step) => void (kept = step));
        await kept?.advance(1);
      });
      await Import.defer();

      await rig.run();

      expect(rig.errors).toEqual([
        new TypeError(
          'Cannot advance step "a" of Import: it has ended. Await what it does within it',
        ),
      ]);
    });

    it("keep cursors and results that can travel, of 64 KB at most", async () => {
      const rig = await open();
      const works: ((step: Step<number>) => unknown)[] = [
        () => "x".repeat(70_000),
        () => ({ f: () => 1 }),
        (step) => step.advance(Symbol("x") as never),
      ];
      const Import = commandOf((import_) => import_.do("a", works.shift() as never));
      for (const _ of works) await Import.defer();

      await rig.run();
      await rig.run();
      await rig.run();

      expect(rig.errors).toEqual([
        new RangeError(
          'Cannot keep the result of step "a" of Import: it has 70,002 bytes, and 65,536 is the most. ' +
            "Keep what is large elsewhere, and give a reference to it",
        ),
        expect.any(SerializationError),
        expect.any(SerializationError),
      ]);
      expect(rig.errors.slice(1).map(String)).toEqual([
        expect.stringMatching(/^SerializationError: the result of step "a" of Import, at \.f: /),
        expect.stringMatching(/^SerializationError: the cursor of step "a" of Import: /),
      ]);
    });

    it("say where a deploy has changed them", async () => {
      const rig = await open();
      const names = ["validate", "rows", "report"];
      const deployed: { steps: readonly string[] } = { steps: names };
      const Import = commandOf(async (import_) => {
        for (const name of deployed.steps) {
          await import_.do(name, async (step) => {
            if (name === "rows") {
              rig.stop();
              await step.advance(1);
            }
          });
        }
      });
      const releases = [
        ["check", "rows", "report"],
        ["rows", "validate", "report"],
        ["validate", "report"],
        ["validate"],
      ];
      for (const _ of releases) await Import.defer();
      const steps: unknown[] = [];

      for (const release of releases) {
        deployed.steps = names;
        await rig.run();
        deployed.steps = release;
        await rig.run();
        steps.push((await rig.records({ set: "retry" })).at(-1)?.steps);
      }

      expect(rig.errors.map((error) => error instanceof StepsChangedError)).toEqual(
        releases.map(() => true),
      );
      const message = (expected: string, why: string): string =>
        `Cannot resume Import: it had come to step "${expected}", and ${why}. ` +
        "Give steps the names and the order that they had, and add new ones behind them; or enqueue the job anew";
      expect(rig.errors.map((error) => (error as Error).message)).toEqual([
        message("validate", '"check" came instead'),
        message("validate", '"rows" came instead'),
        message("rows", '"report" came instead'),
        message("rows", "its work ended without it"),
      ]);
      const kept = [
        { name: "validate", done: true },
        { name: "rows", value: { json: 1 } },
      ];
      expect(steps).toEqual(releases.map(() => kept));
    });

    it("go on once the code fits again that a deploy had changed", async () => {
      const rig = await open();
      const deployed = { steps: ["validate", "rows"] };
      const done: string[] = [];
      const Import = commandOf(async (import_) => {
        for (const name of deployed.steps) {
          await import_.do(name, async (step) => {
            done.push(`${name} ${String(step.cursor ?? "")}`);
            if (done.length === 2) rig.stop();
            await step.advance(1);
          });
        }
      });
      await Import.defer();
      await rig.run();

      deployed.steps = ["rows", "validate"];
      expect((await rig.run()).kind).toBe("retry");
      deployed.steps = ["validate", "rows"];

      expect((await rig.retryNow()).kind).toBe("done");
      expect(done).toEqual(["validate ", "rows ", "rows 1"]);
    });

    it("may have new ones behind them", async () => {
      const rig = await open();
      const deployed = { steps: ["a", "b"] };
      const done: string[] = [];
      const Import = commandOf(async (import_) => {
        for (const name of deployed.steps) {
          await import_.do(name, () => (done.push(name), name === "a" && rig.stop()));
        }
      });
      await Import.defer();

      await rig.run();
      deployed.steps = ["a", "c", "b"];

      expect((await rig.run()).kind).toBe("done");
      expect(done).toEqual(["a", "c", "b"]);
    });

    it("are refused in a record that no run wrote", async () => {
      const rig = await open();
      const Import = commandOf((import_) => import_.do("a", () => 1));
      for (const steps of ["5", "[5]", '[{"name":5}]', '[{"name":"a","value":5}]']) {
        const job = await Import.prepare();
        const record = { ...job.record, steps: JSON.parse(steps) as unknown };
        const { jid, queue } = job.record;
        await rig.store.adapter.enqueue([{ jid, queue, payload: JSON.stringify(record) }]);
        await rig.run();
      }

      expect(rig.errors.map((error) => (error as Error).message)).toEqual(
        Array.from(
          { length: 4 },
          () =>
            "Cannot resume Import: the steps in its record are none that a run wrote. " +
            "Delete the job, or enqueue it anew",
        ),
      );
    });

    it("of a command that is called inline within a job just run", async () => {
      const rig = await open();
      const Inner = commandOf((import_) => import_.do("a", () => 1));
      class Outer extends Command {
        async call(): Promise<void> {
          await Inner.call();
          await this.step("a", () => Inner.call());
        }
      }
      await Outer.defer();

      expect((await rig.run()).kind).toBe("done");
    });
  });
});
