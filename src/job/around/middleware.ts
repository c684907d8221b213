import { abort } from "./abort.ts";
import type { JobHandle } from "../handle/job-handle.ts";

/**
 * Stands around every enqueue, or every run, of every class. Without calling `next` the job is not
 * enqueued, or counts as done without having run.
 *
 * @param job Enqueue side: what it puts into `job.record` travels with the job. Perform side: the
 * record as it was fetched; changes are not stored.
 */
export type Middleware = (job: JobHandle, next: () => Promise<void>) => Promise<void>;

/** A callback as a class declares it. */
export type Callback =
  | {
      readonly kind: "before" | "after";
      readonly run: (job: JobHandle, source: CommandSource) => unknown;
    }
  | {
      readonly kind: "around";
      readonly run: (job: JobHandle, next: () => Promise<void>, source: CommandSource) => unknown;
    };

/**
 * Has a job's command, or the `Job` that performs it: made when it is asked for first, and the same
 * ever after.
 */
export interface CommandSource {
  readonly command: object;
}

/** What stands around a job, middleware outside of callbacks. */
export interface Layers {
  readonly middleware: readonly Middleware[];
  readonly callbacks: readonly Callback[];
  /** What the callbacks are about. */
  readonly source: CommandSource;
}

/** One of either: what it lets in runs inside of it. */
type Layer = (job: JobHandle, next: () => Promise<void>) => unknown;

/**
 * Runs `core` inside the layers, the first outermost, as ActiveSupport does: a before runs on the
 * way in, an after on the way out unless the way in was stopped, an around on both. `abort` stops
 * at the layer it was thrown in: what is further out goes on as if the inside had ended.
 *
 * @returns whether `core` ran.
 * @see ActiveSupport 8.1 `callbacks.rb`, with `skip_after_callbacks_if_terminated`. There, afters
 *   run outside of an around that did not let them in; here nothing is after what never was.
 */
export async function runInside(
  layers: Layers,
  job: JobHandle,
  core: () => unknown,
): Promise<boolean> {
  const { middleware, callbacks, source } = layers;
  let ran = false;

  async function enter(depth: number): Promise<void> {
    const layer = middleware[depth];
    try {
      await (layer === undefined
        ? enterCallback(0)
        : pass(layer, job, { what: "middleware", inner: () => enter(depth + 1) }));
    } catch (error) {
      rethrowUnlessAbort(error);
    }
  }

  async function enterCallback(depth: number): Promise<boolean> {
    const callback = callbacks[depth];
    if (callback === undefined) {
      ran = true;
      await core();
      return true;
    }
    if (callback.kind === "around") {
      let completed = false;
      const inner = async (): Promise<void> => {
        try {
          completed = await enterCallback(depth + 1);
        } catch (error) {
          rethrowUnlessAbort(error);
        }
      };
      const { run } = callback;
      const layer: Layer = (around, next) => run(around, next, source);
      await pass(layer, job, { what: "around callback", inner });
      return completed;
    }
    if (callback.kind === "before") {
      await callback.run(job, source);
      return enterCallback(depth + 1);
    }
    const completed = await enterCallback(depth + 1);
    if (completed) {
      await callback.run(job, source);
    }
    return completed;
  }

  await enter(0);
  return ran;
}

/**
 * Calls a layer. Where it does not await `next()`, its inside is awaited here: a job must not count
 * as done before it is, nor may its error get lost.
 */
async function pass(
  layer: Layer,
  job: JobHandle,
  { what, inner }: { readonly what: string; readonly inner: () => Promise<void> },
): Promise<void> {
  let inside: Promise<void> | undefined;
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  await layer(job, () => {
    if (inside !== undefined) {
      throw new TypeError(
        `Cannot call next() twice in one ${what}: it would enqueue, or run, the job twice. Call it once`,
      );
    }
    inside = inner();
    inside.then(end, end);
    return inside;
  });
  if (!hasEnded) {
    await inside;
  }
}

function rethrowUnlessAbort(error: unknown): void {
  if (error !== abort) {
    throw error;
  }
}
