import { describe } from "../../job/checks/checks.ts";
import {
  declareForAll,
  defineTrait,
  type Declarations,
  type Trait,
} from "../../job/declare/declarations.ts";
import type { Hooks, Making } from "../../job/declare/hooks.ts";
import { settings } from "../../job/settings/settings.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { keyMaker } from "../key.ts";
import { followQueueFairness, type FairQueues } from "./queue-fairness.ts";

/** The option of one `defer`. */
export interface FairKeyOption {
  /** Whose the job is, in place of what `fairBy` or its queue would say. */
  readonly fairKey?: string | undefined;
}

/** Between whom the jobs of a class take turns. */
interface Fairness {
  /** Of the class; `false`: its jobs have no key. */
  readonly by: ((...args: never) => unknown) | false | undefined;
  /** Of one call. */
  readonly key: string | undefined;
  /** Of the queues, for classes that do not say. */
  readonly ofQueues: FairQueues;
}

const UNDECLARED: Fairness = { by: undefined, key: undefined, ofQueues: {} };

export const fairTrait: Trait<Fairness> = defineTrait<Fairness>({
  name: "fairBy",
  undeclared: UNDECLARED,
  inherit: (inherited, own) => ({
    by: own.by ?? inherited.by,
    key: own.key,
    ofQueues: inherited.ofQueues,
  }),
  option: {
    name: "fairKey",
    read(given, where) {
      if (typeof given !== "string" || given === "") {
        throw new TypeError(
          `Cannot use ${describe(given)} as fairKey in the options of ${where}: give a text that is not empty`,
        );
      }
      return { ...UNDECLARED, key: given };
    },
  },
  hooks({ by, key, ofQueues }, declarations) {
    if (key !== undefined) {
      return noting(() => key);
    }
    if (by !== undefined) {
      return by === false ? undefined : ofClass(by, declarations);
    }
    return Object.keys(ofQueues).length === 0 ? undefined : ofQueue(ofQueues, declarations);
  },
});

followQueueFairness((ofQueues) => declareForAll(fairTrait, { ...UNDECLARED, ofQueues }));

/** What stands for nobody among the texts of keys. */
const NOBODY = "null";

function ofClass(by: (...args: never) => unknown, declarations: Declarations): Hooks {
  const textOf = keyMaker({ macro: "fairBy", by }, declarations);
  return noting((making) => textOf(making));
}

function ofQueue(ofQueues: Fairness["ofQueues"], declarations: Declarations): Hooks {
  return noting((making) => {
    const { queue } = making.record;
    const fairness = Object.hasOwn(ofQueues, queue) ? ofQueues[queue] : undefined;
    if (fairness === undefined || fairness === "class") {
      return fairness && making.className;
    }
    const by = (): unknown => fairness(making) ?? null;
    return keyMaker({ macro: "fairness", by }, declarations)(making);
  });
}

function noting(keyOf: (making: Making) => string | undefined): Hooks {
  return {
    onMake: (making) => {
      const key = keyOf(making);
      if (key !== undefined && key !== NOBODY) {
        checkAdapter(making);
        making.record.fair_key = key;
      }
    },
  };
}

function checkAdapter({ className }: Making): void {
  const { adapter } = settings();
  if (adapter.capabilities.fairness !== true) {
    throw new ConfigurationError(
      `Cannot let jobs of ${className} take turns: adapter "${adapter.name}" knows no keys that do. ` +
        "Use one that does, such as Redis's",
    );
  }
}
