import { LazyCommand } from "../inside/lazy-command.ts";
import type { JobRun } from "../inside/job-run.ts";
import { runInside } from "../around/middleware.ts";
import { readArguments } from "../record/read-arguments.ts";
import { restoreContext } from "../record/recorded-context.ts";
import type { RunnableClass } from "../declare/registry.ts";
import { performCallbacks } from "../declare/callbacks.ts";
import { settings } from "../settings/settings.ts";
import { invoke, start, type Target } from "../record/target.ts";

/**
 * Restores what was going on when a job was deferred, then finds its arguments and calls its
 * command, inside of middleware and callbacks.
 *
 * @returns what that returned: a promise, or not.
 */
export function perform(run: JobRun): unknown {
  const restoring = restoreContext(run);
  return restoring === undefined
    ? performRestored(run)
    : restoring.then(() => performRestored(run));
}

function performRestored(run: JobRun): unknown {
  run.logStart();
  const { aroundRun } = run.declarations.hooks;
  return aroundRun === undefined ? performBare(run) : aroundRun(run, () => performBare(run));
}

function performBare(run: JobRun): unknown {
  const { runnable, declarations } = run.target as Target;
  const isBare =
    settings().performMiddleware.length === 0 && performCallbacks.of(declarations).length === 0;
  if (!isBare) {
    return performInside(run, runnable);
  }
  const args = locate(run);
  return args instanceof Promise
    ? args.then((located) => invoke(runnable, located, run))
    : invoke(runnable, args, run);
}

async function performInside(run: JobRun, runnable: RunnableClass): Promise<unknown> {
  const { performMiddleware: middleware } = settings();
  const callbacks = performCallbacks.of(run.declarations);
  const { job } = run;
  const source = new LazyCommand(runnable, job);
  run.isHalted = true;
  let output: unknown;
  // Middleware stands around the search for records too: it may choose the database they are in.
  try {
    await runInside({ middleware, callbacks: [], source }, job, async () => {
      const args = await locate(run);
      run.isHalted = !(await runInside({ middleware: [], callbacks, source }, job, async () => {
        output = await start(runnable, source.command, args);
      }));
    });
  } finally {
    run.command = source.made;
  }
  return output;
}

function locate(run: JobRun): readonly unknown[] | Promise<readonly unknown[]> {
  const { record, fetched } = run;
  const args = readArguments(record, fetched.payload, run.target);
  if (!(args instanceof Promise)) {
    run.locate(args);
    return args;
  }
  return args.then((located) => {
    run.locate(located);
    return located;
  });
}
