import type { Adapter } from "../../adapters/adapter.ts";
import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { FoundJob, JobPlace } from "../../inspection/lists/jobs.ts";
import type { JobList } from "../../inspection/lists/job-list.ts";
import type { PassOptions } from "../../inspection/lists/pass.ts";
import type { RunningEntry } from "../../inspection/entries/running-entry.ts";
import { RunningJobs } from "../../inspection/lists/running-jobs.ts";
import type { JobSelection } from "../../inspection/lists/selection.ts";
import { defineCommand, isInterruption, type ProgramCommand } from "../program-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted, countOf } from "../../support/wording.ts";
import { UsageError } from "../usage.ts";
import { assertAskable, consents, YES } from "./consent.ts";
import { findJob } from "./find-jobs.ts";
import { listsIn, operandsOf, type Operands } from "./places.ts";
import { isEmpty, SELECTION_OPTIONS, selectionOf } from "./selection-options.ts";
import { jobLines } from "./shown-job.ts";
import { STORE_OPTIONS, withStore } from "./store.ts";

/** What can be done to jobs. */
interface Deed {
  /** "retry" */
  readonly verb: string;
  /** "Retried" */
  readonly done: string;
  readonly summary: string;
  /** Where there are jobs that it can be done to. */
  readonly places: readonly JobPlace[];
  /** What `--all` means where no place is named; `undefined`: one must be. */
  readonly usual: JobPlace | undefined;
  readonly isFinal: boolean;
  one(entry: JobEntry, adapter: Adapter): Promise<boolean>;
  all(jobs: JobList, selection: JobSelection, options: PassOptions): Promise<number>;
  /** The same for jobs that run, where it can be done to them. */
  readonly running?: {
    one(entry: RunningEntry, adapter: Adapter): Promise<boolean>;
    all(jobs: RunningJobs, selection: JobSelection, options: PassOptions): Promise<number>;
  };
}

/** Some of the jobs that it is done to. */
interface Part {
  readonly title: string;
  count(options: PassOptions): Promise<number>;
  act(options: PassOptions): Promise<number>;
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
  const { verb, summary, places, usual } = deed;
  const choice = usual === undefined ? "With --all one must be named" : `Without one: ${usual}`;
  return defineCommand({
    name: `jobs ${verb}`,
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
  { verb, places, usual }: Deed,
  {
    operands,
    selection,
    all,
  }: { readonly operands: Operands; readonly selection: JobSelection; readonly all: boolean },
): void {
  const cannot = `Cannot ${verb} jobs`;
  const impossible = operands.places.find(
    (place) => !(places as readonly string[]).includes(place),
  );
  if (impossible === "running") {
    throw new UsageError(`${cannot} that run: a worker holds them. Cancel them, or wait`);
  }
  if (impossible !== undefined) {
    throw new UsageError(
      `${cannot} in ${impossible}: that is for ${places.join(", ")}. ${advice(verb, impossible)}`,
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
function advice(verb: string, place: JobPlace): string {
  switch (place) {
    case "running":
      return "A worker holds it: cancel it, or wait";
    case "scheduled":
    case "blocked":
      return verb === "retry" ? "What waits is run now by jobs promote" : seeHelp(verb);
    case "retry":
    case "dead":
    case "finished":
      return verb === "promote" ? "What failed is run again by jobs retry" : seeHelp(verb);
    case "queue":
      return seeHelp(verb);
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

function seeHelp(verb: string): string {
  return `See mandate jobs ${verb} --help`;
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

  constructor(deed: Deed, context: Context) {
    this.#deed = deed;
    this.#context = context;
  }

  /** @returns the exit code: 1 if one of them is not there. */
  async each(places: readonly JobPlace[], jids: readonly string[]): Promise<number> {
    const { adapter, terminal, isDry, yes } = this.#context;
    const { done, verb, isFinal } = this.#deed;
    const searched = places.length === 0 ? this.#deed.places : places;
    const deed = `${capital(verb)} ${jids.length === 1 ? `job ${jids[0]}` : countOf(jids.length, "job")}`;
    if (isFinal && !isDry && !(await consents(deed, { yes, terminal }))) {
      return 1;
    }
    const now = await adapter.store.now();
    let missing = 0;
    for (const jid of jids) {
      const found = await findJob(adapter, jid, searched);
      if (found === undefined || !(isDry || (await this.#do(found.entry)))) {
        missing += 1;
        terminal.note(await this.#whyNot(jid));
      } else if (isDry) {
        jobLines(found, now, terminal).forEach((line) => terminal.print(line));
      } else {
        terminal.print(`${done} ${jid}${afterwards(found)}`);
      }
    }
    return missing === 0 ? 0 : 1;
  }

  /** Why nothing can be done to a job: it is elsewhere, or nowhere. */
  async #whyNot(jid: string): Promise<string> {
    const { verb } = this.#deed;
    const found = await findJob(this.#context.adapter, jid);
    if (found === undefined) {
      return `There is no job ${jid}`;
    }
    const todo = isRubys(found)
      ? "A Ruby process holds it and cannot be told: wait, or stop that process"
      : advice(verb, found.place);
    return `Cannot ${verb} job ${jid}: its place is ${found.place}. ${todo}`;
  }

  async #do(entry: FoundJob["entry"]): Promise<boolean> {
    const { adapter } = this.#context;
    return entry instanceof JobEntry
      ? this.#deed.one(entry, adapter)
      : ((await this.#deed.running?.one(entry, adapter)) ?? false);
  }

  async all(named: readonly JobPlace[], selection: JobSelection): Promise<number> {
    const { terminal, isDry, yes } = this.#context;
    const { verb, done, isFinal, usual } = this.#deed;
    const places = (named.length === 0 ? [usual] : named) as readonly JobPlace[];
    const parts = (
      await Promise.all(places.map((place) => this.#partsOf(place, selection)))
    ).flat();
    if (isFinal && !isDry && yes !== true) {
      assertAskable(`${verb} jobs`, terminal);
    }
    if (isDry || (isFinal && yes !== true)) {
      const count = await this.#pass(parts, (part, options) => part.count(options));
      const where = parts.map(({ title }) => title).join(", ") || places.join(", ");
      const deed = `${capital(verb)} ${countOf(count, "job")} of ${where}`;
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
    const count = await this.#pass(parts, (part, options) => part.act(options));
    terminal.print(`${done} ${countOf(count, "job")}`);
    return 0;
  }

  async #partsOf(place: JobPlace, selection: JobSelection): Promise<readonly Part[]> {
    const { adapter } = this.#context;
    const deed = this.#deed;
    if (place === "running") {
      const jobs = new RunningJobs(adapter);
      const act: Part["act"] = async (options) => deed.running?.all(jobs, selection, options) ?? 0;
      return [{ title: "what runs", count: () => jobs.count(selection), act }];
    }
    return (await listsIn(place, adapter, selection.queue)).map(({ title, jobs }) => ({
      title,
      count: (options) => jobs.count(selection, options),
      act: (options) => deed.all(jobs, selection, options),
    }));
  }

  /** Goes over the parts one after the other, and says how far it is; also when it is interrupted. */
  async #pass(
    parts: readonly Part[],
    over: (part: Part, options: PassOptions) => Promise<number>,
  ): Promise<number> {
    const { terminal, isDry } = this.#context;
    let before = 0;
    let here = 0;
    try {
      for (const part of parts) {
        const onProgress: PassOptions["onProgress"] = ({ seen, done, total }) => {
          here = done;
          terminal.progress(
            `${part.title}: ${counted(seen)} of ${counted(total)} seen, ${counted(before + done)} found`,
          );
        };
        before += await over(part, { onProgress, signal: terminal.interrupted });
        here = 0;
      }
      return before;
    } catch (error) {
      if (isInterruption(error) && !isDry) {
        terminal.note(
          `${this.#deed.done} ${countOf(before + here, "job")} so far; the others are as they were`,
        );
      }
      throw error;
    }
  }
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase()}${word.slice(1)}`;
}
