import { clock as systemClock } from "../../support/clock.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { didYouMean } from "../../support/nearest.ts";
import { STORE_OPTIONS, type StoreOptions } from "../store-settings.ts";
import type { DriverName } from "./driver/driver.ts";

/** What a `SqliteAdapter` is made of. */
export interface SqliteOptions extends StoreOptions {
  /**
   * The path of the file, or its URL (`"sqlite:jobs.db"`). It is made where it is not there, and a
   * few others beside it.
   */
  readonly file: string;
  /**
   * What is on the disk when `defer` returns. `"full"`: the job, even where the power goes off the
   * next moment. `"normal"`: the job is there whatever becomes of the process, but the last moments
   * may be lost with the power.
   *
   * @default "full"
   */
  readonly synchronous?: "full" | "normal" | undefined;
  /**
   * What speaks SQLite.
   *
   * @default `"node:sqlite"` where Node has it (22.13 and newer), else `"better-sqlite3"`
   */
  readonly driver?: DriverName | undefined;
  /**
   * Tells the time, for tests that set it.
   *
   * @default the machine's clock
   */
  readonly clock?:
    | {
        /** Epoch seconds. */
        now(): number;
      }
    | undefined;
}

/** Options that were checked. */
export interface SqliteSettings {
  readonly file: string;
  readonly isDurable: boolean;
  readonly driver: DriverName | undefined;
  readonly now: () => number;
}

/**
 * @throws {TypeError} if there is an option that is not known, or no file.
 * @throws {ConfigurationError} if an option has a value that it does not take.
 */
export function checkOptions(options: SqliteOptions): SqliteSettings {
  const { file, synchronous = "full", driver, clock = systemClock } = options;
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot make a SqliteAdapter: there is no option "${unknown}".${didYouMean(unknown, NAMES)} Known are ${NAMES.join(", ")}`,
    );
  }
  if (typeof file !== "string") {
    throw new TypeError(
      `Cannot make a SqliteAdapter: file must be the path of a file, found ${typeof file}. Give it as { file: "jobs.db" }`,
    );
  }
  check("synchronous", synchronous, ["full", "normal"]);
  check("driver", driver, [undefined, "node:sqlite", "better-sqlite3"]);
  return { file: pathOf(file), isDurable: synchronous === "full", driver, now: () => clock.now() };
}

const NAMES: readonly string[] = ["file", "synchronous", "driver", "clock", ...STORE_OPTIONS];

function check(name: string, value: unknown, values: readonly unknown[]): void {
  if (!values.includes(value)) {
    const known = values.filter((each) => each !== undefined).map((each) => JSON.stringify(each));
    throw new ConfigurationError(
      `Cannot use "${name}" of SqliteAdapter: expected ${known.join(" or ")}, found ${String(value)}`,
    );
  }
}

/**
 * The path in `sqlite:jobs.db`, `sqlite://jobs.db` and `sqlite:///var/jobs.db`; what is no URL is
 * one.
 */
export function pathOf(file: string): string {
  const [url, path = ""] = /^sqlite:(?:\/\/)?(.*)$/is.exec(file) ?? [];
  return url === undefined ? file : decodeURIComponent(path);
}
