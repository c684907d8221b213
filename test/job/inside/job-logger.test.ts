import { Command, globalId, Job, type Logger } from "mandate";
import { describe, expect, it } from "vitest";
import { JobHandle } from "../../../src/job/handle/job-handle.ts";
import { jobLogger } from "../../../src/job/inside/job-logger.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { Rig } from "../rig.ts";

interface Line {
  readonly fields: object;
  readonly message: string;
}

function collecting(lines: Line[], more: Partial<Logger> = {}): Logger {
  const add = (fields: object, message: string) => void lines.push({ fields, message });
  return { debug: add, info: add, warn: add, error: add, ...more };
}

function handle(rig: Rig): JobHandle {
  const record = { class: "Plain", args: [], queue: "low", jid: "4f1d" };
  return new JobHandle({ record, className: "Plain", arguments: [], adapter: rig.adapter });
}

class Plain extends Job {
  perform(..._args: readonly unknown[]): void {}
}

async function loggedArguments(rig: Rig): Promise<unknown> {
  await rig.run();
  const line = rig.log.lines.find(({ message }) => message.startsWith("Performing"));
  return line?.fields["arguments"];
}

describe("jobLogger", () => {
  const job = { jid: "4f1d", job: "Plain", queue: "low" };

  it("is the logger's own child, where it can have one", () => {
    const lines: Line[] = [];
    const child = collecting([]);
    const children: object[] = [];
    const logger = collecting(lines, { child: (fields) => (children.push(fields), child) });

    expect(jobLogger(logger, handle(new Rig()))).toBe(child);
    expect(children).toEqual([job]);
  });

  it("names the job's tags, where it has some", () => {
    const lines: Line[] = [];
    const tagged = handle(new Rig());
    tagged.record.tags = ["billing"];

    jobLogger(collecting(lines), tagged).info({}, "info");

    expect(lines).toEqual([{ message: "info", fields: { ...job, tags: ["billing"] } }]);
  });

  it("adds the job to each line where it cannot; fields of the line win", () => {
    const lines: Line[] = [];
    const logger = jobLogger(collecting(lines), handle(new Rig()));

    logger.debug({ a: 1 }, "debug");
    logger.info({ queue: "mine" }, "info");
    logger.warn({}, "warn");
    logger.error({}, "error");

    expect(lines).toEqual([
      { message: "debug", fields: { ...job, a: 1 } },
      { message: "info", fields: { ...job, queue: "mine" } },
      { message: "warn", fields: job },
      { message: "error", fields: job },
    ]);
  });

  it("has the logger's level", () => {
    const isLevelEnabled = (level: string) => level === "error";
    const logger = jobLogger(collecting([], { isLevelEnabled }), handle(new Rig()));

    expect(logger.isLevelEnabled?.("error")).toBe(true);
    expect(logger.isLevelEnabled?.("info")).toBe(false);
    expect(jobLogger(collecting([]), handle(new Rig())).isLevelEnabled).toBeUndefined();
    expect(jobLogger(collecting([], { level: "warn" }), handle(new Rig())).level).toBe("warn");
  });
});

describe("arguments in the log", () => {
  it("are as they are on the wire: records by reference, without a command's name", async () => {
    class User {
      constructor(readonly id: number) {}
    }
    globalId.register(User, { find: (id) => new User(Number(id)) });
    class Greet extends Command.initializeWith((user: User, name: string) => ({ user, name })) {
      call(): void {}
    }
    const rig = new Rig();
    await Greet.defer(new User(1), "Greet");

    expect(await loggedArguments(rig)).toEqual(["gid://app/User/1", "Greet"]);
  });

  it("are all of a job's, also one that has the job's name", async () => {
    const rig = new Rig();
    await Plain.performLater("Plain", 1);

    expect(await loggedArguments(rig)).toEqual(["Plain", 1]);
  });

  it("are what the configured filter makes of them", async () => {
    const rig = new Rig();
    settings().logArguments = (args, className) => [className, args.length];
    await Plain.performLater("secret");

    expect(await loggedArguments(rig)).toEqual(["Plain", 1]);
  });

  it("are left out where the filter throws: the job runs", async () => {
    const rig = new Rig();
    settings().logArguments = () => {
      throw new Error("broken");
    };
    await Plain.performLater("secret");

    expect(await loggedArguments(rig)).toEqual(["not shown: the filter of logArguments threw"]);
    expect(rig.log.messages().at(-1)).toMatch(/^Performed Plain in/);
  });

  it("are left out by configuration, and by the class, which has the last word", async () => {
    class Secret extends Plain {
      static {
        this.logArguments(false);
      }
    }
    class Open extends Plain {
      static {
        this.logArguments(true);
      }
    }
    const shown: unknown[] = [];
    for (const [logArguments, job] of [
      [false, Plain],
      [true, Secret],
      [() => ["filtered"], Secret],
      [false, Open],
      [() => ["filtered"], Open],
    ] as const) {
      const rig = new Rig();
      settings().logArguments = logArguments;
      await job.performLater("secret");
      shown.push(await loggedArguments(rig));
    }

    expect(shown).toEqual([undefined, undefined, undefined, ["secret"], ["filtered"]]);
  });

  it("are not in lines about failures", async () => {
    const rig = new Rig();
    class Failing extends Job {
      perform(_text: string): void {
        throw new Error("broken");
      }
    }
    settings().logArguments = false;
    await Failing.performLater("secret");

    await rig.run();

    expect(JSON.stringify(rig.log.lines)).not.toContain("secret");
  });
});
