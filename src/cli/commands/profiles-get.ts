import { writeFile } from "node:fs/promises";
import { profileFile, profiles } from "../../inspection/profiles.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { jsonLine } from "../../support/printable.ts";
import { bytes } from "../../support/wording.ts";
import { UsageError } from "../usage.ts";

export const profilesGetCommand: ProgramCommand = defineCommand({
  name: "profiles get",
  summary: "write a profile to a file, for speedscope",
  operands: { usage: "PROFILE|NAME|JID", least: 1, most: 1 },
  options: {
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      about: "where to; - is the answer itself",
    },
    ...STORE_OPTIONS,
  },
  notes: `Of several of a name, or of a job, it is the latest. Open the file in
https://www.speedscope.app, in Chrome, or in https://profiler.firefox.com.`,
  run: ({ values, positionals: [wanted = ""], terminal }) =>
    withStore(values, async (adapter) => {
      const found = (await profiles(adapter)).find(({ key, name, jid }) =>
        [key, name, jid].includes(wanted),
      );
      const text = await found?.read();
      if (found === undefined || text === undefined) {
        terminal.note(`There is no profile ${wanted}. mandate profiles list has those there are`);
        return 1;
      }
      const { output = profileFile(found) } = values;
      if (output === "-") {
        terminal.print(jsonLine(text));
        return 0;
      }
      await write(output, text);
      terminal.print(`Wrote ${bytes(Buffer.byteLength(text))} to ${output}`);
      return 0;
    }),
});

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(
      `Cannot write ${file}: ${(error as Error).message}. Give another file to --output`,
      { cause: error },
    );
  }
}
