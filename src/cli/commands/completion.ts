import { printLines } from "../terminal/terminal.ts";
import { completionScript, SHELLS, type Shell } from "../completion-script.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { wrong } from "../parse-options.ts";

/** @param table All commands, its own included: so it is asked for when it is run. */
export function completionCommand(table: () => readonly ProgramCommand[]): ProgramCommand {
  return defineCommand({
    name: "completion",
    summary: "print what makes a shell complete commands and options",
    operands: { usage: SHELLS.join("|"), least: 1, most: 1, words: SHELLS },
    options: {},
    notes: `bash: source <(mandate completion bash), in ~/.bashrc
zsh:  mandate completion zsh > "\${fpath[1]}/_mandate"
fish: mandate completion fish > ~/.config/fish/completions/mandate.fish`,
    run: async ({ positionals: [shell = ""], terminal }) => {
      if (!(SHELLS as readonly string[]).includes(shell)) {
        throw wrong(`"${shell}"`, "it is no shell that is known", `Write ${SHELLS.join(", ")}`);
      }
      printLines(completionScript(shell as Shell, table()), terminal);
    },
  });
}
