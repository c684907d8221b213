import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError } from "../../src/support/errors.ts";
import {
  consoleLogger,
  levelEnabled,
  type Logger,
  logSafely,
  safeLogger,
  silentLogger,
} from "../../src/support/logger.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 21, 9, 5, 7, 42) });
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("MANDATE_LOG_LEVEL", undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** An error whose property throws where it is read. */
function throwing(property: string): Error {
  return Object.defineProperty(new Error("odd"), property, {
    enumerable: true,
    get() {
      throw new Error("of the getter");
    },
  });
}

/** A proxy that no operation is possible on. */
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An error that was caused by another, and so on. */
function endless(): Error {
  return Object.defineProperty(new Error("odd"), "cause", { get: endless, enumerable: true });
}

describe("consoleLogger, not on a terminal", () => {
  it("writes one JSON object per line, the jid up front", () => {
    const { stream, text } = sink();

    consoleLogger({ stream }).info({ took: 0.25, jid: "b4a577edbccf1d805744efa9" }, "Performed");

    expect(text()).toBe(
      `{"time":"${new Date().toISOString()}","level":"info","jid":"b4a577edbccf1d805744efa9","msg":"Performed","took":0.25}\n`,
    );
  });

  it("writes errors with stack and cause", () => {
    const { stream, json } = sink();
    const error = Object.assign(new TypeError("no such host", { cause: new Error("DNS") }), {
      code: "E42",
    });

    consoleLogger({ stream }).error({ err: error }, "Failed");

    expect(json()).toMatchObject({
      msg: "Failed",
      err: {
        type: "TypeError",
        message: "no such host",
        code: "E42",
        stack: error.stack,
        cause: { type: "Error", message: "DNS" },
      },
    });
  });

  it("cuts texts that are very long, and says so", () => {
    const { stream, json, text } = sink();
    const long = "x".repeat(1e6);

    consoleLogger({ stream }).error({ err: new Error(long), note: long }, long);

    const beginning = `${"x".repeat(10_000)}… (cut: there are 1000000 characters)`;
    expect(json()).toMatchObject({
      msg: beginning,
      note: beginning,
      err: {
        message: beginning,
        stack: expect.stringMatching(/^Error: x+… \(cut: there are \d+ characters\)\n[^]+ {4}at /),
      },
    });
    expect(text().length).toBeLessThan(50_000);
  });

  it.each([
    ["a getter that throws", () => ({ err: throwing("message") })],
    ["a property that throws", () => ({ err: throwing("code") })],
    ["a name that throws", () => ({ err: throwing("name") })],
    ["a stack that throws", () => ({ err: throwing("stack") })],
    ["a revoked proxy", () => ({ err: revoked() })],
    ["a revoked proxy as the cause", () => ({ err: new Error("odd", { cause: revoked() }) })],
    ["causes without end", () => ({ err: endless() })],
    ["fields that cannot be read", () => ({ fields: { err: throwing("message") } })],
  ])("writes a line in spite of %s", (_what, fields) => {
    const { stream, json } = sink();

    consoleLogger({ stream }).error(fields(), "Failed");

    expect(json()).toMatchObject({ level: "error", msg: "Failed" });
  });

  it("lets no field replace time, level or message", () => {
    const { stream, json } = sink();

    consoleLogger({ stream }).warn({ level: "x", msg: "y", time: 0 }, "Careful");

    expect(json()).toEqual({ time: new Date().toISOString(), level: "warn", msg: "Careful" });
  });

  it("writes what JSON cannot", () => {
    const { stream, json } = sink();
    const cycle: Record<string, unknown> = { size: 3n };
    const logger = consoleLogger({ stream });

    logger.info({ size: 3n }, "Counted");
    cycle["self"] = cycle;
    logger.info(cycle, "Counted");

    expect(json(0)).toMatchObject({ size: "3" });
    expect(json(1)).toMatchObject({ msg: "Counted", fields: expect.stringContaining("[Circular") });
  });

  it("has no colours", () => {
    const { stream, text } = sink();

    consoleLogger({ stream }).error({}, "Failed");

    expect(stripVTControlCharacters(text())).toBe(text());
  });
});

describe("consoleLogger, on a terminal", () => {
  it("writes a line for people, in colours", () => {
    const { stream, text } = sink({ isTTY: true });

    consoleLogger({ stream }).info(
      { queue: "mailers", error: "a b", n: [1, { two: 2n }] },
      "Performed",
    );

    expect(stripVTControlCharacters(text())).toBe(
      '09:05:07.042 INFO  Performed queue=mailers error="a b" n=[ 1, { two: 2n } ]\n',
    );
    expect(text()).toContain("\u001B[32mINFO \u001B[39m");
  });

  it("writes lists of words as they are typed", () => {
    const { stream, text } = sink({ isTTY: true });

    consoleLogger({ stream }).info(
      { queues: ["critical,6", "low,4"], one: ["low"], none: [], odd: ["a b"] },
      "Started",
    );

    expect(stripVTControlCharacters(text())).toBe(
      `09:05:07.042 INFO  Started queues="critical,6 low,4" one=low none=[] odd=[ 'a b' ]\n`,
    );
  });

  it("puts the stack of an error below the line", () => {
    const { stream, text } = sink({ isTTY: true });

    consoleLogger({ stream }).error({ err: new RangeError("too much"), jid: "b4" }, "Failed");

    expect(stripVTControlCharacters(text())).toMatch(
      /^09:05:07\.042 ERROR Failed jid=b4\n {4}RangeError: too much\n {8}at /,
    );
  });

  it("cuts texts that are very long, and says so", () => {
    const { stream, text } = sink({ isTTY: true });
    const long = "x".repeat(1e6);

    consoleLogger({ stream }).error({ err: new Error(long), note: long }, long);

    expect(text().length).toBeLessThan(50_000);
    expect(text().match(/… \(cut: there are \d+ characters\)/g)).toHaveLength(3);
  });

  it("writes a line in spite of errors that cannot be read", () => {
    const { stream, text } = sink({ isTTY: true });
    const errors = [throwing("message"), throwing("stack"), revoked(), endless()];

    for (const err of errors) consoleLogger({ stream }).error({ err }, "Failed");

    expect(stripVTControlCharacters(text()).match(/ERROR Failed/g)).toHaveLength(errors.length);
  });

  it("honours NO_COLOR", () => {
    vi.stubEnv("NO_COLOR", "1");
    const { stream, text } = sink({ isTTY: true });

    consoleLogger({ stream }).warn({ queue: "mailers" }, "Slow");

    expect(text()).toBe("09:05:07.042 WARN  Slow queue=mailers\n");
  });
});

describe("consoleLogger", () => {
  it("writes to standard error unless told otherwise", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);

    consoleLogger().info({}, "Started");

    expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Started"));
  });

  it("writes nothing below its level", () => {
    const { stream, text } = sink();
    const logger = consoleLogger({ level: "warn", stream });

    logger.debug({}, "one");
    logger.info({}, "two");
    logger.warn({}, "three");

    expect(text()).toContain("three");
    expect(text().split("\n")).toHaveLength(2);
    expect(logger.level).toBe("warn");
  });

  it("takes its level from the environment, or else info", () => {
    expect(consoleLogger().level).toBe("info");

    vi.stubEnv("MANDATE_LOG_LEVEL", "debug");

    expect(consoleLogger().level).toBe("debug");
  });

  it("refuses a level that does not exist", () => {
    vi.stubEnv("MANDATE_LOG_LEVEL", "loud");

    expect(() => consoleLogger()).toThrow(
      new ConfigurationError(
        'Cannot log at level "loud": there is no such level. Set "level", or MANDATE_LOG_LEVEL, to one of debug, info, warn, error, silent',
      ),
    );
  });

  it("refuses an option that does not exist", () => {
    expect(() => consoleLogger({ lvel: "info" } as object)).toThrow(
      new ConfigurationError(
        'Cannot use option "lvel" in consoleLogger: there is no such option. Did you mean "level"? There are: level, stream',
      ),
    );
  });

  it("has children that add fields to each line", () => {
    const { stream, json } = sink();

    consoleLogger({ stream }).child!({ jid: "b4", queue: "low" }).child!({ queue: "high" }).info(
      { n: 1 },
      "Performed",
    );

    expect(json()).toMatchObject({ jid: "b4", queue: "high", n: 1 });
  });
});

describe("silentLogger", () => {
  it("writes nothing, nor do its children", () => {
    const write = vi.spyOn(process.stderr, "write");

    for (const level of ["debug", "info", "warn", "error"] as const) {
      silentLogger[level]({}, "unheard");
      silentLogger.child!({}).error({}, "unheard");
    }

    expect(write).not.toHaveBeenCalled();
    expect(levelEnabled(silentLogger, "error")).toBe(false);
  });
});

describe("levelEnabled", () => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };

  it("asks the logger", () => {
    const logger: Logger = { ...log, level: "debug", isLevelEnabled: (level) => level === "warn" };

    expect(levelEnabled(logger, "warn")).toBe(true);
    expect(levelEnabled(logger, "error")).toBe(false);
  });

  it("compares with the logger's level where it cannot ask", () => {
    const logger: Logger = { ...log, level: "warn" };

    expect(levelEnabled(logger, "info")).toBe(false);
    expect(levelEnabled(logger, "warn")).toBe(true);
  });

  it("takes a logger of no level, or of one it does not know, for one that writes all", () => {
    expect(levelEnabled(log, "debug")).toBe(true);
    expect(levelEnabled({ ...log, level: "verbose" }, "debug")).toBe(true);
  });
});

function sink({ isTTY = false } = {}) {
  const written: string[] = [];
  return {
    stream: { isTTY, write: (text: string) => written.push(text) },
    text: () => written.join(""),
    json: (line = 0): unknown => JSON.parse(written[line] ?? ""),
  };
}

describe("logSafely", () => {
  /** As pino does, it reads the error by itself. */
  function touchy(lines: unknown[]): Logger {
    const error = (fields: { err?: { message: string } }, text: string): void => {
      lines.push([fields.err?.message, text, fields]);
    };
    return { ...silentLogger, error };
  }

  it("says what it can where a logger throws over an error", () => {
    const lines: unknown[] = [];

    logSafely(touchy(lines), "error", { err: throwing("message"), jid: "a" }, "Failed");

    const message = "!!! ERROR MESSAGE THREW AN ERROR !!!";
    const err = expect.objectContaining({ name: "Error", message });
    expect(lines).toEqual([[message, "Failed", { jid: "a", err }]]);
  });

  it("never throws, nor does a logger over one that does", () => {
    const broken = {
      error() {
        throw new Error("no space left");
      },
    } as unknown as Logger;

    logSafely(broken, "error", {}, "Failed");
    safeLogger(broken).error({}, "Failed");

    expect(() => broken.error({}, "Failed")).toThrow("no space left");
  });
});

describe("what a payload holds", () => {
  const evil = "a\u001B[2Jb\n09:05:07 INFO forged\u009B31m\u202Egpj";
  const harm = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/u;
  const fields = {
    jid: evil,
    [evil]: evil,
    list: [evil, "b"],
    nested: { [evil]: evil },
    err: Object.assign(new Error(evil), { name: evil, detail: evil }),
  };

  it("forges no line on a terminal, and moves nothing", () => {
    vi.stubEnv("NO_COLOR", "1");
    const { stream, text } = sink({ isTTY: true });

    consoleLogger({ stream }).error(fields, `Failed ${evil}`);

    const lines = text().trimEnd().split("\n");
    expect(text().trimEnd().replaceAll("\n", "")).not.toMatch(harm);
    expect(lines.slice(1).filter((line) => !line.startsWith("    "))).toEqual([]);
    expect(lines[0]).toContain("Failed a\uFFFD[2Jb 09:05:07 INFO forged\uFFFD31m\uFFFDgpj");
  });

  it("says the same in JSON, and moves nothing", () => {
    const { stream, text, json } = sink();

    consoleLogger({ stream }).error(fields, evil);

    expect(text().trimEnd()).not.toMatch(harm);
    expect(json()).toMatchObject({ msg: evil, jid: evil, [evil]: evil, list: [evil, "b"] });
  });
});
