import { abort } from "./abort.ts";
import type { JobHandle } from "./job-handle.ts";

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
  | { readonly kind: "before" | "after"; readonly run: (job: JobHandle) => unknown }
  | {
      readonly kind: "around";
      readonly run: (job: JobHandle, next: () => Promise<void>) => unknown;
    };

/**
 * Runs `core` inside the layers, the first outermost, as ActiveSupport does: a before runs on the way
 * in, an after on the way out unless the way in was stopped, an around on both.
 *
 * @returns whether `core` ran.
 * @see ActiveSupport 8.1 `callbacks.rb`, with `skip_after_callbacks_if_terminated`
 */
export async function runInside(
  layers: { readonly middleware: readonly Middleware[]; readonly callbacks: readonly Callback[] },
  job: JobHandle,
  core: () => unknown,
): Promise<boolean> {
  const { middleware, callbacks } = layers;
  let ran = false;

  async function enter(depth: number): Promise<void> {
    const outer = middleware[depth];
    if (outer !== undefined) {
      await outer(
        job,
        once(() => enter(depth + 1), "middleware"),
      );
      return;
    }
    try {
      await enterCallback(0);
    } catch (error) {
      if (error !== abort) {
        throw error;
      }
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
          if (error !== abort) {
            throw error;
          }
        }
      };
      await callback.run(job, once(inner, "around callback"));
      return completed;
    }
    if (callback.kind === "before") {
      await callback.run(job);
      return enterCallback(depth + 1);
    }
    const completed = await enterCallback(depth + 1);
    if (completed) {
      await callback.run(job);
    }
    return completed;
  }

  await enter(0);
  return ran;
}

/** Calling `next` a second time would enqueue, or run, the job twice. */
function once(next: () => Promise<void>, what: string): () => Promise<void> {
  let called = false;
  return () => {
    if (called) {
      return Promise.reject(new TypeError(`next() was called twice by one ${what}: call it once`));
    }
    called = true;
    return next();
  };
}
