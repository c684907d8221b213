import type { ProgramCommand } from "./program-command.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** A script that a shell reads once: the table of commands, in its words. */
export function completionScript(shell: Shell, table: readonly ProgramCommand[]): string {
  switch (shell) {
    case "bash":
      return bash(table);
    case "zsh":
      return zsh(table);
    case "fish":
      return fish(table);
  }
}

interface Candidate {
  readonly word: string;
  readonly about: string;
}

/**
 * What may follow words: "" the commands, "jobs" the rest of their names, "jobs list" its options.
 */
function contexts(table: readonly ProgramCommand[]): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  const add = (context: string, candidate: Candidate): void => {
    const known = found.get(context) ?? [];
    if (!known.some(({ word }) => word === candidate.word)) {
      found.set(context, [...known, candidate]);
    }
  };
  for (const { name, summary, options, words } of table) {
    const [first = "", second] = name.split(" ");
    add("", { word: first, about: second === undefined ? summary : `${first} …` });
    if (second !== undefined) {
      add(first, { word: second, about: summary });
    }
    words.forEach((word) => add(name, { word, about: "" }));
    for (const [option, { about = "" }] of Object.entries(options)) {
      add(name, { word: `--${option}`, about });
    }
  }
  return found;
}

function bash(table: readonly ProgramCommand[]): string {
  const cases = [...contexts(table)].map(
    ([context, candidates]) =>
      `    ${context === "" ? '""' : `"${context}"`}) words="${candidates.map(({ word }) => word).join(" ")}" ;;`,
  );
  return `# mandate completion bash
_mandate() {
  local words="" context=""
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then context=""
  elif (( COMP_CWORD == 2 )); then context="\${COMP_WORDS[1]}"
  else context="\${COMP_WORDS[1]} \${COMP_WORDS[2]}"
  fi
  ${secondWords(table)}
  case "$context" in
${cases.join("\n")}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}") )
  (( \${#COMPREPLY[@]} )) || COMPREPLY=( $(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}") )
}
complete -o filenames -F _mandate mandate
`;
}

/** Commands of one word keep their options however many words follow. */
function secondWords(table: readonly ProgramCommand[]): string {
  const firsts = new Set(table.map(({ name }) => name.split(" ")[0]));
  const parents = new Set(
    table.filter(({ name }) => name.includes(" ")).map(({ name }) => name.split(" ")[0]),
  );
  const alone = [...firsts].filter((word) => !parents.has(word));
  return `case "\${COMP_WORDS[1]}" in ${alone.join("|")}) (( COMP_CWORD > 1 )) && context="\${COMP_WORDS[1]}" ;; esac`;
}

function zsh(table: readonly ProgramCommand[]): string {
  const cases = [...contexts(table)].map(([context, candidates]) => {
    const described = candidates.map(({ word, about }) => `'${zshQuoted(word, about)}'`);
    return `    "${context}") candidates=(${described.join(" ")}) ;;`;
  });
  return `#compdef mandate
_mandate() {
  local -a candidates
  local context=""
  (( CURRENT == 3 )) && context="$words[2]"
  (( CURRENT > 3 )) && context="$words[2] $words[3]"
  ${secondWords(table).replaceAll("${COMP_WORDS[1]}", "$words[2]").replace("COMP_CWORD > 1", "CURRENT > 2")}
  case "$context" in
${cases.join("\n")}
  esac
  _describe mandate candidates || _files
}
# As a file of $fpath it is loaded when it is called first, and that call shall answer.
if [[ "$funcstack[1]" = _mandate ]]; then _mandate "$@"; else compdef _mandate mandate; fi
`;
}

function zshQuoted(word: string, about: string): string {
  const plain = about.replaceAll("'", "").replaceAll(":", "\\:");
  return plain === "" ? word : `${word}:${plain}`;
}

function fish(table: readonly ProgramCommand[]): string {
  const lines = [...contexts(table)].flatMap(([context, candidates]) => {
    const words = context.split(" ").filter((word) => word !== "");
    const following = table.flatMap(({ name }) => {
      const [first, second] = name.split(" ");
      return first === context && second !== undefined ? [second] : [];
    });
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const place = [`test (count (commandline -opc)) -eq ${words.length + 1}`, ...seen];
    // What is an option of "queues" is none of "queues pause".
    const alone =
      following.length === 0
        ? seen
        : [...seen, `not __fish_seen_subcommand_from ${following.join(" ")}`];
    return candidates.map(({ word, about }) => {
      const isOption = word.startsWith("--");
      // A word that begins a name or goes on with it stands at one place, where no file can.
      const isOfName = !isOption && (context === "" || following.includes(word));
      const condition = (isOfName ? place : alone).join("; and ");
      const what = isOption ? `-l ${word.slice(2)}` : `-a ${word}`;
      const why = about === "" ? "" : ` -d '${about.replaceAll("'", "")}'`;
      return `complete -c mandate${isOfName ? " -f" : ""} -n '${condition}' ${what}${why}`;
    });
  });
  return `# mandate completion fish\n${lines.join("\n")}\n`;
}
