import { isWireFormats } from "../adapters/wire-format.ts";
import type { StoreOptions } from "../adapters/store-settings.ts";
import { encryptionSettings } from "../encryption/encryption-settings.ts";
import { Keyring } from "../encryption/keyring.ts";
import { GlobalIdVerifier } from "../globalid/global-id-verifier.ts";
import { checkAppName, globalIdSettings } from "../globalid/settings.ts";
import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptionNames,
  describe,
  describeType,
} from "../job/checks/checks.ts";
import { readQueues } from "./queues.ts";
import { checkDefaultJobOptions, setDefaultJobOptions } from "../job/declare/job-options.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { insideOutermost } from "../job/settings/outermost-middleware.ts";
import { settings, type Settings } from "../job/settings/settings.ts";
import { checkConfiguredJobs, setConfiguredJobs } from "../recurring/configured-jobs.ts";
import { isTimeZone, zonesLike } from "../recurring/schedule/read-time-zone.ts";
import { seconds } from "../support/duration.ts";
import { ConfigurationError } from "../support/errors.ts";
import { keepFinishedOfAll, readFinishedLimit } from "../traits/keep-finished.ts";
import type { Configuration } from "./configuration.ts";

type Given<Name extends keyof Configuration> = NonNullable<Configuration[Name]>;
/** Throws where a value cannot be used; else returns what puts it into effect. */
type Option<Name extends keyof Configuration> = (given: Given<Name>) => () => void;

/** The one list of options beside their types. Where two say the same, the later one holds. */
export const OPTIONS: { readonly [Name in keyof Configuration]-?: Option<Name> } = {
  appName: (given) => {
    checkAppName(given);
    return () => {
      globalIdSettings.appName = given;
    };
  },
  adapter: (given) => {
    checkMethods(given, "adapter", ["enqueue", "lease", "status"], "new MemoryAdapter()");
    return set("adapter", given);
  },
  container: (given) => {
    checkMethods(given, "container", ["createChildContainer"], "a tsyringe container");
    return set("container", given);
  },
  logger: (given) => {
    checkMethods(given, "logger", ["debug", "info", "warn", "error"], "a logger such as pino's");
    return set("logger", given);
  },
  middleware: (given) => {
    checkMiddleware(given);
    const { enqueue, perform } = given;
    return () => {
      const current = settings();
      if (enqueue !== undefined) {
        current.enqueueMiddleware = insideOutermost("enqueue", enqueue);
      }
      if (perform !== undefined) {
        current.performMiddleware = insideOutermost("perform", perform);
      }
    };
  },
  defaultQueue: (given) => {
    checkName(given, "configure", "the default queue");
    return set("defaultQueue", given);
  },
  retry: (given) => {
    checkInteger(given, "retry of configure", 0);
    return set("retry", given);
  },
  jobOptions: (given) => {
    checkDefaultJobOptions(given, "jobOptions of configure");
    return () => setDefaultJobOptions(given);
  },
  errorHandlers: (given) => {
    checkHandlers(given, "errorHandlers", "(error, job)");
    return set("errorHandlers", given);
  },
  deathHandlers: (given) => {
    checkHandlers(given, "deathHandlers", "(job, error)");
    return set("deathHandlers", given);
  },
  wireFormat: (given) => {
    if (!isWireFormats(given)) {
      const formats = '"native" or "activejob", or { default, queues } of them';
      throw cannotUse(given, "wireFormat", formats);
    }
    return set("wireFormat", given);
  },
  timestamps: (given) => {
    checkOneOf(given, "timestamps", ["seconds", "milliseconds"]);
    return () => setForStore({ timestamps: given });
  },
  enqueueTimeout: (given) => {
    const timeout = seconds(given);
    return () => {
      settings().enqueueTimeout = timeout;
      warnOfMilliseconds(given, "enqueueTimeout of configure");
    };
  },
  contextAttributes: (given) => {
    checkContextAttributes(given);
    return set("contextAttributes", given);
  },
  logArguments: (given) => {
    if (!["boolean", "function"].includes(typeof given)) {
      throw cannotUse(given, "logArguments", "true, false or a function (args, className)");
    }
    return set("logArguments", given);
  },
  keepFinished: (given) => {
    const limit = readFinishedLimit(given, "keepFinished of configure");
    return () => keepFinishedOfAll(limit);
  },
  deadMaxJobs: (given) => {
    checkInteger(given, "deadMaxJobs of configure", 0);
    return () => setForStore({ deadMaxJobs: given });
  },
  deadTimeout: (given) => {
    const deadTimeout = seconds(given, "deadTimeout of configure");
    return () => {
      setForStore({ deadTimeout });
      warnOfMilliseconds(given, "deadTimeout of configure");
    };
  },
  reloading: (given) => {
    if (typeof given !== "boolean") {
      throw cannotUse(given, "reloading", "true or false");
    }
    return () => {
      settings().reloading = given;
      globalIdSettings.reloading = given;
    };
  },
  secretKeyBase: (given) => useVerifier(new GlobalIdVerifier({ secretKeyBase: given })),
  globalIdVerifier: (given) => {
    checkMethods(given, "globalIdVerifier", ["sign", "read"], "a GlobalIdVerifier");
    return useVerifier(given);
  },
  encryption: (given) => {
    if (typeof given !== "object" || given === null) {
      // Not quoted, as other options are: it may be a key.
      throw new ConfigurationError(
        `Cannot use ${describeType(given)} as encryption of configure: give { keys, current }`,
      );
    }
    checkOptionNames(given, ["keys", "current"], "encryption of configure");
    const keyring = new Keyring(given);
    return () => {
      encryptionSettings.keyring = keyring;
    };
  },
  rows: (given) => {
    checkOneOf(given, "rows", ["warn", "refuse", "allow"]);
    return set("rows", given);
  },
  timeZone: (given) => {
    if (!isTimeZone(given)) {
      throw new ConfigurationError(
        `Cannot use ${describe(given)} as timeZone of configure: it is no time zone. ${zonesLike(String(given))}`,
      );
    }
    return set("timeZone", given);
  },
  queues: readQueues,
  recurring: (given) => {
    checkConfiguredJobs(given);
    return () => setConfiguredJobs(given);
  },
};

function set<Name extends keyof Settings>(name: Name, value: Settings[Name]): () => void {
  return () => {
    settings()[name] = value;
  };
}

/** For the adapter, where it was not given the option itself. */
function setForStore(options: StoreOptions): void {
  settings().storeDefaults = { ...settings().storeDefaults, ...options };
}

function useVerifier(verifier: GlobalIdVerifier): () => void {
  return () => {
    globalIdSettings.verifier = verifier;
  };
}

function checkOneOf(given: string, option: string, choices: readonly string[]): void {
  if (!choices.includes(given)) {
    const quoted = choices.map((choice) => JSON.stringify(choice));
    throw cannotUse(given, option, `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`);
  }
}

function checkMiddleware(middleware: NonNullable<Configuration["middleware"]>): void {
  checkOptionNames(middleware, ["enqueue", "perform"], "middleware of configure");
  for (const each of [middleware.enqueue ?? [], middleware.perform ?? []]) {
    if (!Array.isArray(each)) {
      throw cannotUse(each, "middleware", "arrays of functions (job, next)");
    }
    each.forEach((layer) =>
      checkFunction(layer, "middleware of configure", "functions (job, next)"),
    );
  }
}

function checkHandlers(handlers: unknown, option: string, shape: string): void {
  if (!Array.isArray(handlers) || handlers.some((each) => typeof each !== "function")) {
    throw cannotUse(handlers, option, `an array of functions ${shape}`);
  }
}

function checkContextAttributes(definitions: readonly object[]): void {
  const expected = "an array of what contextAttributes() returned";
  if (!Array.isArray(definitions)) {
    throw cannotUse(definitions, "contextAttributes", expected);
  }
  const option = "an item of contextAttributes";
  definitions.forEach((each: object) => {
    checkMethods(each ?? null, option, ["run", "set"], "what contextAttributes() returned");
  });
}

function checkMethods(
  value: object,
  option: string,
  methods: readonly string[],
  expected: string,
): void {
  const has = (name: string): boolean =>
    typeof (value as Record<string, unknown>)[name] === "function";
  if (!(typeof value === "object" && value !== null && methods.every(has))) {
    throw cannotUse(value, option, expected);
  }
}

function cannotUse(value: unknown, option: string, expected: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot use ${describe(value)} as ${option} of configure: give ${expected}`,
  );
}
