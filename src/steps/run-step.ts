import type { RecordedStep, RecordedValue } from "../job/record/recorded-steps.ts";
import { readValue, writeForRuby, writeValue } from "./step-value.ts";
import type { Step } from "./step.ts";

/** Whose steps they are. */
export interface StepHost {
  readonly className: string;
  /** Rails may go on with the job. */
  readonly isForRuby: boolean;
  /** A step has a new cursor. @throws what the run is to end with. */
  advanced(step: RunStep): Promise<void>;
  /** What has changed is in the store then. */
  write(): Promise<void>;
}

/** The steps within one. */
interface Inner {
  /** @throws if the work around them must not have returned. */
  assertComplete(): void;
  recorded(): readonly RecordedStep[];
}

/** A step of a worker's run. */
export class RunStep implements Step {
  readonly name: string;
  /** Its name, behind those of the steps around it. */
  readonly path: string;
  readonly isResumed: boolean;
  /** Whether a later run is to know that it has begun, however far it came. */
  isNoted: boolean;
  cursor: unknown = undefined;
  readonly #host: StepHost;
  readonly #inner: Inner;
  #value: RecordedValue | undefined;
  #isDone: boolean;
  #isOver = false;

  constructor(
    host: StepHost,
    {
      name,
      path,
      known,
      inner,
    }: {
      readonly name: string;
      readonly path: string;
      readonly known: RecordedStep | undefined;
      readonly inner: Inner;
    },
  ) {
    this.name = name;
    this.path = path;
    this.#host = host;
    this.#inner = inner;
    this.isResumed = known !== undefined;
    this.isNoted = this.isResumed;
    this.#value = known?.value;
    this.#isDone = known?.done === true;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** What it came to, if it is done. */
  output(): unknown {
    return readValue(this.#value);
  }

  /** @throws {DeserializationError} if a record that its cursor refers to is gone. */
  async load(): Promise<void> {
    this.cursor = await readValue(this.#value);
  }

  advance(cursor: unknown): Promise<void> {
    try {
      if (this.#isOver) {
        throw new TypeError(
          `Cannot advance ${this.#shown()}: it has ended. Await what it does within it`,
        );
      }
      const write = this.#host.isForRuby && this.path === this.name ? writeForRuby : writeValue;
      this.#value = write(cursor, `the cursor of ${this.#shown()}`);
      this.cursor = cursor;
      return this.#host.advanced(this);
    } catch (error) {
      const reason = error as Error;
      return Promise.reject(reason);
    }
  }

  checkpoint(): Promise<void> {
    return this.#host.write();
  }

  /** It is done, and came to that. */
  finish(output: unknown): void {
    this.#inner.assertComplete();
    this.#value = writeValue(output, `the result of ${this.#shown()}`);
    this.#isDone = true;
  }

  end(): void {
    this.#isOver = true;
  }

  /** `undefined` where there is nothing to tell. */
  recorded(): RecordedStep | undefined {
    const { name, isNoted } = this;
    const value = this.#value === undefined ? {} : { value: this.#value };
    if (this.#isDone) {
      return { name, done: true, ...value };
    }
    const steps = this.#inner.recorded();
    if (steps.length > 0) {
      return { name, ...value, steps };
    }
    return isNoted || this.#value !== undefined ? { name, ...value } : undefined;
  }

  #shown(): string {
    return `step ${JSON.stringify(this.path)} of ${this.#host.className}`;
  }
}
