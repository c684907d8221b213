import { commandTable } from "./command-table.ts";
import type { ProgramCommand } from "./program-command.ts";

/** The command that words ask for, and what follows it; the longest name that fits. */
export function findCommand(
  argv: readonly string[],
): { readonly command: ProgramCommand; readonly rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(" ");
    const command = commandTable.find((each) => each.name === name);
    if (command !== undefined) {
      return { command, rest: argv.slice(words) };
    }
  }
  return undefined;
}

/** What follows a word that only begins commands' names: "jobs" → "list", "show", … */
export function continuations(word: string): string[] {
  return commandTable.flatMap(({ name }) => {
    const [first, second] = name.split(" ");
    return first === word && second !== undefined ? [second] : [];
  });
}

/** The words that commands' names begin with. */
export function firstWords(): string[] {
  return [...new Set(commandTable.map(({ name }) => name.split(" ")[0] ?? ""))];
}

/** @param word Only commands whose names begin with it, as "jobs". */
export function programHelp(word?: string): string {
  const commands = commandTable.filter(
    ({ name }) => word === undefined || name.split(" ")[0] === word,
  );
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`);
  return `Usage: mandate <command> [options]

Commands:
${lines.join("\n")}

Options:
  -h, --help        show this, or with a command its options
  -V, --version     show the version

Run "mandate ${word === undefined ? "worker" : commands[0]?.name} --help", for example, for a command's options.
`;
}
