import { describe } from "../job/checks/checks.ts";
import type { RecordedStep } from "../job/record/recorded-steps.ts";
import { RunStep, type StepHost } from "./run-step.ts";
import { StepsChangedError } from "./steps-changed-error.ts";

/** Steps that follow one another: those of a run, or those within one step. */
export class Level {
  readonly host: StepHost;
  /** What stands before the names of its steps: "", or "outer/". */
  readonly #path: string;
  /** Those that runs before this one have come to, in their order. */
  readonly #known: readonly RecordedStep[];
  /** Those that this run has come to. */
  readonly #met = new Map<string, RunStep>();
  #running: RunStep | undefined;

  constructor(host: StepHost, path: string, known: readonly RecordedStep[]) {
    this.host = host;
    this.#path = path;
    this.#known = known;
  }

  /**
   * The next step, and those within it.
   *
   * @throws {TypeError} if it has no name of its own, or another one runs.
   * @throws {StepsChangedError} if runs before this one came to another step here.
   */
  begin(name: string): { readonly step: RunStep; readonly inner: Level } {
    const { className } = this.host;
    assertName(name, className);
    const path = this.#path + name;
    if (this.#running !== undefined) {
      throw inParallel(className, path, this.#running.path);
    }
    if (this.#met.has(name)) {
      throw new TypeError(
        `Cannot begin step ${JSON.stringify(path)} of ${className}: there was one of that name. ` +
          "Give each a name of its own; for many of a kind use one step with a cursor, or iterate",
      );
    }
    const known = this.#known[this.#met.size];
    if (known !== undefined && known.name !== name) {
      throw new StepsChangedError({ className, expected: this.#path + known.name, found: path });
    }
    const inner = new Level(this.host, `${path}/`, known?.steps ?? []);
    const step = new RunStep(this.host, { name, path, known, inner });
    this.#met.set(name, step);
    this.#running = step;
    return { step, inner };
  }

  /** It does not run any more, however it ended. */
  left(step: RunStep): void {
    if (this.#running === step) {
      this.#running = undefined;
    }
  }

  /**
   * The work around these steps has returned.
   *
   * @throws {TypeError} if one of them still runs.
   * @throws {StepsChangedError} if it did not come to all those that runs before it had come to.
   */
  assertComplete(): void {
    const { className } = this.host;
    if (this.#running !== undefined) {
      throw new TypeError(
        `Cannot end ${className}: its step ${JSON.stringify(this.#running.path)} still runs. Await each step`,
      );
    }
    const missing = this.#known[this.#met.size];
    if (missing !== undefined) {
      const expected = this.#path + missing.name;
      throw new StepsChangedError({ className, expected, found: undefined });
    }
  }

  /** How far they have come; those included that this run has not come to yet. */
  recorded(): readonly RecordedStep[] {
    const met = [...this.#met.values()].flatMap((step) => step.recorded() ?? []);
    return [...met, ...this.#known.slice(this.#met.size)];
  }
}

/** @throws {TypeError} if it is no name. */
export function assertName(name: unknown, className: string): asserts name is string {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot begin a step of ${className}: its name is ${describe(name)}. Give a string that is not empty`,
    );
  }
}

export function inParallel(className: string, name: string, running: string): TypeError {
  return new TypeError(
    `Cannot begin step ${JSON.stringify(name)} of ${className} while ${JSON.stringify(running)} runs: ` +
      "steps follow one another, so that a later run knows where this one was. " +
      "Await the first, or do in one step what goes side by side",
  );
}
