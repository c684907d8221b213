import type { Adapter } from "../adapters/adapter.ts";
import { listClassJobsBy, type ClassJobs } from "../job/declare/class-jobs.ts";
import { wireName, type RunnableClass } from "../job/declare/registry.ts";
import { settings } from "../job/settings/settings.ts";
import { ConfigurationError } from "../support/errors.ts";
import { shared } from "../support/shared-state.ts";
import { classJobsIn } from "./class-jobs.ts";
import { scopedMode } from "./scope.ts";
import { returnToPresent } from "./travelled-time.ts";
import { TestAdapter } from "./test-adapter.ts";
import type { TestedClass } from "./tested-class.ts";

/** What `useTestAdapter` put in place. */
export interface TestAdapterInUse extends Disposable {
  /** Puts the former adapter back, whatever was configured since. Called again, it does nothing. */
  restore(): void;
}

/** What is to be used in place of what was configured, the latest last. */
const inUse = shared("testing-adapters", (): { readonly adapter: Adapter }[] => []);

/**
 * Puts a fresh adapter in the place of the configured one, which no job then reaches: jobs are
 * kept, to be looked at and performed by the functions of `mandate/testing`.
 *
 * Call it in `beforeEach`, where each test shall start without jobs, or at the top of a test file.
 * It starts in the mode of `fake()`, leaves nothing behind that runs, and logs nothing by itself.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { assertEnqueuedJobs, useTestAdapter } from "mandate/testing";
 *
 * class Welcome extends Command.initializeWith((userId: number) => ({ userId })) {
 *   call() {}
 * }
 *
 * using _ = useTestAdapter(); // or: beforeEach(() => void useTestAdapter());
 * await Welcome.defer(1);
 * await assertEnqueuedJobs(1, { only: Welcome });
 * ```
 */
export function useTestAdapter(): TestAdapterInUse {
  listClassJobsBy(jobsOfClass);
  returnToPresent();
  const used = { adapter: new TestAdapter() };
  use(used);
  const restore = (): void => {
    const index = inUse.indexOf(used);
    if (index >= 0) inUse.length = index;
    returnToPresent();
    if (inUse.length === 0) Reflect.deleteProperty(settings(), "adapter");
  };
  return { restore, [Symbol.dispose]: restore };
}

function jobsOfClass(ofClass: RunnableClass): ClassJobs {
  const adapter = testAdapter(`look at the jobs of ${wireName(ofClass)}`);
  return classJobsIn(adapter, ofClass as unknown as TestedClass);
}

/**
 * The test adapter in use, whatever the mode.
 *
 * @param deed What it is needed for: "look at enqueued jobs".
 * @throws {ConfigurationError} if there is none.
 */
export function testAdapter(deed: string): TestAdapter {
  const adapter = inUse.at(-1)?.adapter;
  if (adapter instanceof TestAdapter) return adapter;
  throw new ConfigurationError(
    adapter === undefined
      ? `Cannot ${deed}: no test adapter is in use. Call useTestAdapter() from mandate/testing before, ` +
          "in beforeEach or at the top of the test file"
      : `Cannot ${deed}: another adapter was configured after useTestAdapter(). ` +
          "Call useTestAdapter() again, after configure()",
  );
}

/**
 * Shadows the setting, since reading it would make the default adapter, for nothing. An adapter
 * that is configured later takes its place, until the test adapter before it is restored.
 */
function use(used: { readonly adapter: Adapter }): void {
  inUse.push(used);
  Object.defineProperty(settings(), "adapter", {
    configurable: true,
    enumerable: true,
    get: adapterInUse,
    set(adapter: Adapter) {
      inUse.push({ adapter });
    },
  });
}

function adapterInUse(): Adapter {
  const latest = inUse.at(-1)?.adapter;
  const isDisabled = latest instanceof TestAdapter && (scopedMode() ?? latest.mode) === "disable";
  return latest === undefined || isDisabled ? realAdapter() : latest;
}

/** What was configured under the test adapters. */
function realAdapter(): Adapter {
  const configured = inUse.findLast(({ adapter }) => !(adapter instanceof TestAdapter));
  return configured?.adapter ?? underlyingAdapter();
}

function underlyingAdapter(): Adapter {
  const shadowed = Object.getPrototypeOf(settings()) as object;
  return Reflect.get(shadowed, "adapter", settings()) as Adapter;
}
