import { Command, configure, recurring, registerCommands, jobById, MemoryAdapter } from "mandate";
import { Worker } from "mandate/worker";
import { beforeEach, expect, it, describe } from "vitest";
import { definitionOfClass } from "../../src/recurring/class-definition.ts";
import { definitionInFile } from "../../src/recurring/files/file-definition.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { useKeys } from "../encryption/keys.ts";

const seen: string[] = [];

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.encryptArguments();
  }

  call(): void {
    seen.push(this.card);
  }
}

class ChargeInRails extends Charge {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }
}

let adapter: MemoryAdapter;

beforeEach(() => {
  registerCommands(Charge, ChargeInRails);
  adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger });
  return () => adapter.close();
});

describe("a recurring job whose class encrypts", () => {
  it.each([Charge, ChargeInRails])(
    "keeps its arguments from those who read the store: %s",
    async (command) => {
      useKeys("2026-11");
      seen.length = 0;
      await recurring.define("nightly", "@daily", command.prepare("4111 1111"));

      const { documents } = await adapter.documents.list("", undefined, 10);
      const jid = await recurring.job("nightly").runNow();
      const again = await recurring.job("nightly").runNow();

      const texts = documents.map(({ text }) => text).join();
      expect(texts).toContain("v1.recurring.2026-11.");
      expect(texts).not.toContain("4111 1111");
      const worker = new Worker({ logger: silentLogger });
      await worker.start();
      await worker.drain();
      expect(seen).toEqual(["4111 1111", "4111 1111"]);
      expect(await Promise.all([jid, again].map((id) => jobById(id).status()))).toEqual([
        "finished",
        "finished",
      ]);
    },
  );

  it.each([Charge, ChargeInRails])("is the same in each process: %s", (command) => {
    useKeys("2026-11");
    const options = { key: "nightly", args: ["4111 1111"] };

    const [one, other] = [1, 2].map(() => definitionOfClass(command, "@daily", options));

    expect(one).toEqual(other);
  });

  it("gets no time put behind its arguments", () => {
    useKeys("2026-11");
    const job = {
      key: "nightly",
      schedule: "@daily",
      className: "Charge",
      args: ["4111 1111"],
      queue: undefined,
      priority: undefined,
      description: undefined,
      isEnabled: true,
      appends: "time",
      jobOptions: {},
      place: "config/schedule.yml, line 1",
    } as never;

    expect(() => definitionInFile(job)).toThrow(
      'Cannot use config/schedule.yml, line 1: cannot define recurring job "nightly": its class encrypts its arguments, ' +
        "and no time can be put behind them. Leave that option out: this.job.recurring has the time",
    );
  });
});
