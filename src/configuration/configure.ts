import { timeUnit, writeTimesIn } from "../adapters/job-record.ts";
import { keepDead } from "../adapters/retention.ts";
import { GlobalIdVerifier } from "../globalid/global-id-verifier.ts";
import { globalIdSettings } from "../globalid/settings.ts";
import { setDefaultJobOptions } from "../job/declare/job-options.ts";
import { keepFinishedOfAll, readFinishedLimit } from "../traits/keep-finished.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { insideOutermost } from "../job/settings/outermost-middleware.ts";
import { settings } from "../job/settings/settings.ts";
import { seconds } from "../support/duration.ts";
import { checkConfiguration } from "./check-configuration.ts";
import type { Configuration } from "./configuration.ts";

/**
 * Sets what holds unless a class says otherwise. Call it once, before the first job is deferred; what is
 * left out stays as it is. Nothing is changed unless all of it is right.
 *
 * @throws {UnknownOptionError} if an option does not exist.
 * @throws {ConfigurationError} if a part does not fit.
 * @throws {InvalidDurationError} if a duration is none.
 * @throws {TypeError | RangeError} if another value is of the wrong type, or out of range.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 *
 * configure({ appName: "shop", defaultQueue: "app", retry: 10 });
 * ```
 */
export function configure(configuration: Configuration): void {
  checkConfiguration(configuration);
  const { appName, secretKeyBase, globalIdVerifier, ...others } = configuration;
  const { middleware, enqueueTimeout, timestamps = timeUnit(), ...further } = others;
  const { keepFinished, deadMaxJobs, deadTimeout, jobOptions, ...rest } = further;
  const verifier = globalIdVerifier ?? verifierFor(secretKeyBase);
  const current = settings();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) {
      Object.assign(current, { [name]: value });
    }
  }
  if (appName !== undefined) {
    globalIdSettings.appName = appName;
  }
  globalIdSettings.verifier = verifier ?? globalIdSettings.verifier;
  globalIdSettings.reloading = current.reloading;
  writeTimesIn(timestamps);
  if (middleware?.enqueue !== undefined) {
    current.enqueueMiddleware = insideOutermost("enqueue", middleware.enqueue);
  }
  if (middleware?.perform !== undefined) {
    current.performMiddleware = insideOutermost("perform", middleware.perform);
  }
  if (enqueueTimeout !== undefined) {
    current.enqueueTimeout = seconds(enqueueTimeout);
  }
  if (keepFinished !== undefined) {
    keepFinishedOfAll(readFinishedLimit(keepFinished, "keepFinished of configure"));
  }
  if (jobOptions !== undefined) {
    setDefaultJobOptions(jobOptions);
  }
  warnOfMilliseconds(enqueueTimeout, "enqueueTimeout of configure");
  warnOfMilliseconds(deadTimeout, "deadTimeout of configure");
  keepDead({
    ...(deadMaxJobs === undefined ? {} : { deadMaxJobs }),
    ...(deadTimeout === undefined ? {} : { deadTimeout: seconds(deadTimeout) }),
  });
}

function verifierFor(secretKeyBase: string | undefined): GlobalIdVerifier | undefined {
  return secretKeyBase === undefined ? undefined : new GlobalIdVerifier({ secretKeyBase });
}
