import type { Adapter } from "../../adapters/adapter.ts";
import { isFinal, placesFor, type JobAction } from "../../inspection/actions/actions.ts";
import { changeJob, type JobChange } from "../../inspection/actions/change-job.ts";
import { changeJobs, type ChangeProgress } from "../../inspection/actions/change-jobs.ts";
import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { FoundJob, JobPlace } from "../../inspection/lists/jobs.ts";
import type { JobSelection } from "../../inspection/lists/selection.ts";
import { defineCommand, isInterruption, type ProgramCommand } from "../program-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted, countOf } from "../../support/wording.ts";
import { UsageError } from "../usage.ts";
import { assertAskable, consents, YES } from "./consent.ts";
import { operandsOf, titleOf, titlesOf, type Operands } from "./places.ts";
import { isEmpty, SELECTION_OPTIONS, selectionOf } from "./selection-options.ts";
import { jobLines } from "./shown-job.ts";
import { STORE_OPTIONS, withStore } from "./store.ts";

/** An action as a command of the program. */
interface Deed {
  readonly action: JobAction;
  /** "Retried" */
  readonly done: string;
  readonly summary: string;
  /** What `--all` means where no place is named. @default one must be named */
  readonly usual?: JobPlace;
}

const OPTIONS = {
  ...SELECTION_OPTIONS,
  all: { type: "boolean", about: "every job that fits" },
  "dry-run": { type: "boolean", about: "say what would be done, and do nothing" },
  ...YES,
  ...STORE_OPTIONS,
} as const;

/** A command that does one thing to jobs, given by their jids or all that fit. */
export function changeCommand(deed: Deed): ProgramCommand {
  const { action, summary, usual } = deed;
  const places = placesFor(action);
  const choice = usual === undefined ? "With --all one must be named" : `Without one: ${usual}`;
  return defineCommand({
    name: `jobs ${action}`,
    summary,
    operands: { usage: "[PLACE] JID… | [PLACE] --all", least: 0, most: Infinity, words: places },
    options: OPTIONS,
    notes: `Places: ${places.join(", ")}.\n${choice}.`,
    run: async ({ values, positionals, terminal }) => {
      const operands = operandsOf(positionals);
      const selection = selectionOf(values);
      check(deed, { operands, selection, all: values.all === true });
      const isDry = values["dry-run"] === true;
      return withStore(values, (adapter) => {
        const change = new Change(deed, { adapter, terminal, isDry, yes: values.yes });
        return values.all === true
          ? change.all(operands.places, selection)
          : change.each(operands.places, operands.jids);
      });
    },
  });
}

/** @throws {UsageError} if it is not clear which jobs are meant, or this cannot be done to them. */
function check(
  { action, usual }: Deed,
  {
    operands,
    selection,
    all,
  }: { readonly operands: Operands; readonly selection: JobSelection; readonly all: boolean },
): void {
  const cannot = `Cannot ${action} jobs`;
  const places = placesFor(action);
  const impossible = operands.places.find((place) => !places.includes(place));
  if (impossible === "running") {
    throw new UsageError(`${cannot} that run: a worker holds them. Cancel them, or wait`);
  }
  if (impossible !== undefined) {
    throw new UsageError(
      `${cannot} in ${impossible}: that is for ${places.join(", ")}. ${advice(action, impossible)}`,
    );
  }
  if (all && operands.jids.length > 0) {
    throw new UsageError(`${cannot}: jids and --all were given. Give one of them`);
  }
  if (!all && !isEmpty(selection)) {
    throw new UsageError(`${cannot}: options select some, and --all is missing. Add --all`);
  }
  if (!all && operands.jids.length === 0) {
    throw new UsageError(`${cannot}: none are named. Give jids, or --all with what selects them`);
  }
  if (all && operands.places.length === 0 && usual === undefined) {
    throw new UsageError(`${cannot}: --all needs a place. Write one of ${places.join(", ")}`);
  }
}

/** What does instead what was wanted. */
function advice(action: JobAction, place: JobPlace): string {
  const help = `See mandate jobs ${action} --help`;
  switch (place) {
    case "running":
      return "A worker holds it: cancel it, or wait";
    case "scheduled":
    case "blocked":
      return action === "retry" ? "What waits is run now by jobs promote" : help;
    case "retry":
    case "dead":
    case "finished":
      return action === "promote" ? "What failed is run again by jobs retry" : help;
    case "queue":
      return help;
  }
}

function isRubys({ entry }: FoundJob): boolean {
  return !(entry instanceof JobEntry) && entry.library === "sidekiq";
}

/** What is still to come for a job that something was done to. */
function afterwards(found: FoundJob): string {
  if (found.place !== "running") {
    return "";
  }
  return isRubys(found)
    ? ", which Ruby runs: it is not told, and does not run again here"
    : ", which runs: it is told to end";
}

interface Context {
  readonly adapter: Adapter;
  readonly terminal: Terminal;
  readonly isDry: boolean;
  readonly yes: boolean | undefined;
}

class Change {
  readonly #deed: Deed;
  readonly #context: Context;
  readonly #isFinal: boolean;

  constructor(deed: Deed, context: Context) {
    this.#deed = deed;
    this.#context = context;
    this.#isFinal = isFinal(deed.action);
  }

  /** @returns the exit code: 1 if one of them is not there. */
  async each(places: readonly JobPlace[], jids: readonly string[]): Promise<number> {
    const { adapter, terminal, isDry, yes } = this.#context;
    const { action, done } = this.#deed;
    const deed = `${capital(action)} ${jids.length === 1 ? `job ${jids[0]}` : countOf(jids.length, "job")}`;
    if (this.#isFinal && !isDry && !(await consents(deed, { yes, terminal }))) {
      return 1;
    }
    const options = { dryRun: isDry, ...(places.length === 0 ? {} : { places }) };
    const now = await adapter.store.now();
    let missing = 0;
    for (const jid of jids) {
      const change = await changeJob(action, jid, options, adapter);
      const { found } = change;
      if (!change.done || found === undefined) {
        missing += 1;
        terminal.note(this.#whyNot(jid, change));
      } else if (isDry) {
        jobLines(found, now, terminal).forEach((line) => terminal.print(line));
      } else {
        terminal.print(`${done} ${jid}${afterwards(found)}`);
      }
    }
    return missing === 0 ? 0 : 1;
  }

  /** Why nothing could be done to a job: it is elsewhere, or nowhere. */
  #whyNot(jid: string, { found, blockedBy: [obstacle] = [] }: JobChange): string {
    const { action } = this.#deed;
    if (found === undefined) {
      return `There is no job ${jid}`;
    }
    const { entry } = found;
    if (entry instanceof JobEntry && entry.isOverLimit) {
      return `Cannot ${action} job ${jid}: it is blocked by ${entry.blockedBy}. It starts once that lets it: raise the limit, or cancel it`;
    }
    if (found.place === "dead" && action === "retry" && obstacle !== undefined) {
      const { holder, key } = obstacle;
      const who = holder === undefined ? "others wait for" : `job ${holder} holds`;
      return `Cannot retry job ${jid}: ${who} its key ${key}. Wait until that is over, or let go of the key: mandate locks release ${key}`;
    }
    const todo = isRubys(found)
      ? "A Ruby process holds it and cannot be told: wait, or stop that process"
      : advice(action, found.place);
    return `Cannot ${action} job ${jid}: its place is ${found.place}. ${todo}`;
  }

  async all(named: readonly JobPlace[], selection: JobSelection): Promise<number> {
    const { adapter, terminal, isDry, yes } = this.#context;
    const { action, done, usual } = this.#deed;
    const places = usual !== undefined && named.length === 0 ? [usual] : named;
    const asks = this.#isFinal && !isDry && yes !== true;
    if (asks) {
      assertAskable(`${action} jobs`, terminal);
    }
    if (isDry || asks) {
      const count = await this.#change(places, selection, true);
      const titles = await titlesOf(places, adapter, selection.queue);
      const where = titles.join(", ") || places.join(", ");
      const deed = `${capital(action)} ${countOf(count, "job")} of ${where}`;
      if (isDry) {
        terminal.print(`Would ${deed[0]?.toLowerCase()}${deed.slice(1)}`);
        return 0;
      }
      if (count === 0) {
        terminal.note("There are no such jobs");
        return 0;
      }
      if (!(await consents(deed, { yes, terminal }))) {
        return 1;
      }
    }
    const count = await this.#change(places, selection, false);
    terminal.print(`${done} ${countOf(count, "job")}`);
    return 0;
  }

  /** Says how far it is; also when it is interrupted. */
  async #change(
    places: readonly JobPlace[],
    selection: JobSelection,
    dryRun: boolean,
  ): Promise<number> {
    const { adapter, terminal, isDry } = this.#context;
    const { action, done } = this.#deed;
    let changed = 0;
    const onProgress = (progress: ChangeProgress): void => {
      ({ changed } = progress);
      const { seen, total } = progress;
      terminal.progress(
        `${titleOf(progress)}: ${counted(seen)} of ${counted(total)} seen, ${counted(changed)} found`,
      );
    };
    const options = { places, dryRun, onProgress, signal: terminal.interrupted };
    try {
      return await changeJobs(action, selection, options, adapter);
    } catch (error) {
      if (isInterruption(error) && !isDry) {
        terminal.note(`${done} ${countOf(changed, "job")} so far; the others are as they were`);
      }
      throw error;
    }
  }
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}
