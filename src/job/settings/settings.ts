import type { Adapter } from "../../adapters/adapter.ts";
import { defaultAdapter } from "../../adapters/open-adapter.ts";
import type { StoreOptions } from "../../adapters/store-settings.ts";
import { consoleLogger, type Logger } from "../../support/logger.ts";
import { shared } from "../../support/shared-state.ts";
import type { WireFormats } from "../../adapters/wire-format.ts";
import type { ContextAttributes } from "../surroundings/context-attributes.ts";
import type { Middleware } from "../around/middleware.ts";
import type { DeathHandler, ErrorHandler } from "./run-environment.ts";

/** What holds unless a class says otherwise. `configure` writes it, all others read. */
export interface Settings {
  /** Set by `configure`; else the one of the environment's store, made when first needed. */
  adapter: Adapter;
  /** For options that an adapter was not given. */
  storeDefaults: StoreOptions;
  logger: Logger;
  /** The parent of every scope that `inject` opens; tsyringe's own where there is none. */
  container: object | undefined;
  defaultQueue: string;
  /** How often a job is retried whose class does not say. */
  retry: number;
  /** The adapter's where it is undefined, else native. */
  wireFormat: WireFormats | undefined;
  /** Seconds for which an enqueue may wait for its store. */
  enqueueTimeout: number;
  enqueueMiddleware: readonly Middleware[];
  performMiddleware: readonly Middleware[];
  /** Whether log lines show arguments, or what they show instead. */
  logArguments: boolean | ArgumentFilter;
  /** Attributes that travel with jobs, in the order in which Sidekiq persists its own. */
  contextAttributes: readonly ContextAttributes<object>[];
  /** Told of failures, and of deaths, in every worker of this process, before the worker's own. */
  errorHandlers: readonly ErrorHandler[];
  deathHandlers: readonly DeathHandler[];
  /** A class replaces another of the same name, where it would throw. */
  reloading: boolean;
  /** What becomes of rows that no model has claimed. */
  rows: "warn" | "refuse" | "allow";
  /** Of schedules that name none. */
  timeZone: string;
}

/** Gets a job's arguments as they are on the wire, returns what may be logged. */
export type ArgumentFilter = (args: readonly unknown[], className: string) => readonly unknown[];

const isDefault: WeakSet<Logger> = shared("default-loggers", () => new WeakSet<Logger>());

class DefaultSettings implements Settings {
  #adapter: Adapter | undefined;
  #storeDefaults: StoreOptions = {};
  #logger: Logger | undefined;
  container: object | undefined = undefined;
  defaultQueue = "default";
  retry = 25;
  wireFormat: WireFormats | undefined = undefined;
  enqueueTimeout = 5;
  enqueueMiddleware: readonly Middleware[] = [];
  performMiddleware: readonly Middleware[] = [];
  logArguments: boolean | ArgumentFilter = true;
  contextAttributes: readonly ContextAttributes<object>[] = [];
  errorHandlers: readonly ErrorHandler[] = [];
  deathHandlers: readonly DeathHandler[] = [];
  reloading = false;
  rows: Settings["rows"] = "warn";
  timeZone = "UTC";

  get adapter(): Adapter {
    return (this.#adapter ??= this.#defaultAdapter());
  }

  set adapter(adapter: Adapter) {
    this.#adapter = adapter;
    adapter.useDefaults?.(this.#storeDefaults);
  }

  get storeDefaults(): StoreOptions {
    return this.#storeDefaults;
  }

  set storeDefaults(defaults: StoreOptions) {
    this.#storeDefaults = defaults;
    this.#adapter?.useDefaults?.(defaults);
  }

  get logger(): Logger {
    if (this.#logger === undefined) {
      this.#logger = consoleLogger();
      isDefault.add(this.#logger);
    }
    return this.#logger;
  }

  set logger(logger: Logger) {
    this.#logger = logger;
  }

  /** Once it is opened, nothing stands between a job and its store. */
  #defaultAdapter(): Adapter {
    const adapter = defaultAdapter({ logger: this.logger }, (opened) => {
      if (this.#adapter === adapter) {
        this.#adapter = opened;
      }
    });
    adapter.useDefaults?.(this.#storeDefaults);
    return adapter;
  }
}

const current: Settings = shared("settings", () => new DefaultSettings());

export function settings(): Settings {
  return current;
}

/** Whether the application left logging to us. */
export function hasDefaultLogger(): boolean {
  return isDefault.has(current.logger);
}
