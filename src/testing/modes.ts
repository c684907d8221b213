import { Performing } from "./performing.ts";
import { inScope, type Mode } from "./scope.ts";
import { testAdapter } from "./use-test-adapter.ts";

/**
 * Jobs wait until they are performed by the test. This is how a test adapter starts.
 *
 * @param block For how long; without it, until another mode is set. In it, what is set around it
 *   holds no more, `performEnqueuedJobs` included.
 * @returns what the block returned.
 * @see Sidekiq 8.1 `Sidekiq::Testing.fake!`
 */
export function fake(): void;
export function fake<Output>(block: () => Output | Promise<Output>): Promise<Output>;
export function fake<Output>(block?: () => Output | Promise<Output>): Promise<Output> | void {
  return setMode("fake", block);
}

/**
 * Jobs run when they are deferred, without regard to `wait`; what a job defers runs after it.
 * `defer` resolves once all has run that it caused, and rejects with the first error that no rule
 * of a class takes care of: a retry by `retryOn` follows at once, a requeued job waits. What waits
 * already stays. In a job `defer` resolves at once; a job that waits for the `result()` of another
 * has that one run.
 *
 * @param block For how long; without it, until another mode is set. All that was started in it has
 *   ended when it ends.
 * @returns what the block returned.
 * @see Sidekiq 8.1 `Sidekiq::Testing.inline!`, which knows no `retryOn`, and runs a job inside of
 *   the one that enqueues it: a long chain overflows its stack
 */
export function inline(): void;
export function inline<Output>(block: () => Output | Promise<Output>): Promise<Output>;
export function inline<Output>(block?: () => Output | Promise<Output>): Promise<Output> | void {
  return setMode(new Performing(), block);
}

/**
 * Jobs go to the adapter that was configured before the test adapter came.
 *
 * @param block For how long; without it, until another mode is set.
 * @returns what the block returned.
 * @see Sidekiq 8.1 `Sidekiq::Testing.disable!`
 */
export function disable(): void;
export function disable<Output>(block: () => Output | Promise<Output>): Promise<Output>;
export function disable<Output>(block?: () => Output | Promise<Output>): Promise<Output> | void {
  return setMode("disable", block);
}

function setMode<Output>(
  mode: Mode,
  block: (() => Output | Promise<Output>) | undefined,
): Promise<Output> | void {
  const adapter = testAdapter("set a mode of testing");
  if (block === undefined) {
    adapter.mode = mode;
    return;
  }
  return inMode(mode, block);
}

/** Runs a block, and waits for the jobs that it started. */
export function inMode<Output>(mode: Mode, block: () => Output | Promise<Output>): Promise<Output> {
  return inScope(mode, async () => {
    try {
      return await block();
    } finally {
      if (mode instanceof Performing) await mode.settled();
    }
  });
}
