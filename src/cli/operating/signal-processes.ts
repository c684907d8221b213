import type { Adapter } from "../../adapters/adapter.ts";
import { processes } from "../../inspection/figures/stats.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { UsageError } from "../usage.ts";
import { STORE_OPTIONS, withStore } from "./store.ts";

interface Signal {
  readonly verb: string;
  readonly summary: string;
  readonly told: string;
  readonly send: (identity: string, adapter: Adapter) => Promise<boolean>;
}

/**
 * A command that asks worker processes for something. They hear of it with their next heartbeat.
 */
export function signalCommand({ verb, summary, told, send }: Signal): ProgramCommand {
  return defineCommand({
    name: `processes ${verb}`,
    summary,
    operands: { usage: "IDENTITY… | --all", least: 0, most: Infinity },
    options: {
      all: { type: "boolean", about: "every worker process, Ruby's too" },
      ...STORE_OPTIONS,
    },
    run: ({ values, positionals, terminal }) => {
      if ((values.all === true) === positionals.length > 0) {
        throw new UsageError(
          `Cannot ${verb} processes: it is not clear which. Give their identities, or --all`,
        );
      }
      return withStore(values, async (adapter) => {
        const identities =
          values.all === true
            ? (await processes(adapter))
                .filter(({ embedded }) => embedded !== true)
                .map(({ identity }) => identity)
            : positionals;
        let missing = 0;
        for (const identity of identities) {
          if (await send(identity, adapter)) {
            terminal.print(`Asked ${identity} ${told}: it hears of that within seconds`);
          } else {
            missing += 1;
            const isThere = (await processes(adapter)).some((each) => each.identity === identity);
            terminal.note(
              isThere
                ? `${identity} is embedded in a Ruby program, and takes no signals: that program has to ${verb} it`
                : `There is no worker process ${identity}: mandate processes lists them`,
            );
          }
        }
        return missing === 0 ? 0 : 1;
      });
    },
  });
}
