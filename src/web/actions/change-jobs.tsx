import { actionsAt, isFinal, placesFor, type JobAction } from "../../inspection/actions/actions.ts";
import { changeJob, type JobChange } from "../../inspection/actions/change-job.ts";
import { PLACES, type JobPlace } from "../../inspection/lists/jobs.ts";
import { jobsPage } from "../../inspection/lists/jobs-page.ts";
import type { JobSelection } from "../../inspection/lists/selection.ts";
import { counted } from "../../support/wording.ts";
import type { Outcome } from "../page.ts";
import type { Parameters } from "../request/parameters.ts";
import { readQuery } from "../request/query.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";
import type { Translate } from "../texts/texts.ts";
import { isSeen, shownJob } from "../shown-job.ts";
import { audited } from "./audited.ts";
import { stateName } from "../parts/badge.tsx";
import { ask } from "./question.tsx";

/** Jobs that one request deals with: a person goes on with the others. */
const MOST = 1_000;
/** Jobs that are looked at for these. */
const LOOK_AT = 20_000;
/** Jobs that are dealt with at the same time. */
const AT_ONCE = 50;

const ACTIONS: readonly JobAction[] = ["retry", "promote", "kill", "cancel", "delete"];

/** Retries, promotes, kills, cancels or deletes: one job, those that were ticked, or all that fit. */
export async function changeJobsFrom(visit: Visit, form: Parameters): Promise<Outcome> {
  const isAll = form.text("all") !== "";
  const action = ACTIONS.find((each) => each === (form.text("all") || form.text("action")));
  if (action === undefined) {
    throw new Refusal(400, "noSuchAction");
  }
  const place = PLACES.find((each) => each === form.text("place"));
  if (isAll && (place === undefined || !placesFor(action).includes(place))) {
    throw new Refusal(400, "noSuchAction");
  }
  return isAll && place !== undefined
    ? changeAll(visit, form, { action, place })
    : changeTicked(visit, form, action);
}

async function changeTicked(visit: Visit, form: Parameters, action: JobAction): Promise<Outcome> {
  const { t } = visit;
  const jids = [...new Set(form.all("jid"))].slice(0, MOST);
  const subject = jids.length === 1 ? (jids[0] ?? "") : `${jids.length} jobs`;
  const right = `jobs.${action}` as const;
  if (jids.length === 0) {
    return { said: t("No job was ticked"), data: { done: 0, asked: 0 } };
  }
  if (isFinal(action) && visit.may(right)) {
    const text = questionOf(t, action, jids.length);
    const question = ask(visit, form, { text, button: t(action) });
    if (question !== undefined) return question;
  }
  return audited(visit, { action: right, subject }, async () => {
    const changes = await inSlices(jids, (jid) => changeJob(action, jid, {}, visit.adapter));
    return outcomeOf(visit, action, changes);
  });
}

interface All {
  readonly action: JobAction;
  readonly place: JobPlace;
}

async function changeAll(visit: Visit, form: Parameters, { action, place }: All): Promise<Outcome> {
  const { t, adapter } = visit;
  const q = form.text("q");
  const { selection, misread } = readQuery(q);
  if (misread !== undefined) {
    throw new Refusal(400, "noSuchAction");
  }
  const queue = form.text("queue");
  const wanted: JobSelection = { ...selection, ...(queue !== "" && { queue }) };
  const right = `jobs.${action}` as const;
  const found = visit.may(right) ? await find(visit, wanted, place) : undefined;
  const jids = found?.jids ?? [];
  const more = found?.isMore === true;
  if (found !== undefined) {
    const text = questionOf(t, action, jids.length, more);
    const question = ask(visit, form, { text, button: t("{action} all", { action: t(action) }) });
    if (question !== undefined) return question;
  }
  const subject =
    `all ${place}${queue === "" ? "" : ` of queue ${queue}`} ${redactedQuery(q)}`.trim();
  return audited(visit, { action: right, subject }, async () => {
    const changes = await inSlices(jids, (jid) =>
      changeJob(action, jid, { places: [place] }, adapter),
    );
    const outcome = outcomeOf(visit, action, changes);
    return more
      ? { ...outcome, said: `${outcome.said} ${t("There are more: go on with the same button.")}` }
      : outcome;
  });
}

/** What was looked for in arguments may be a secret: the log shall not have it. */
function redactedQuery(q: string): string {
  const { selection } = readQuery(q);
  const { argument, ...others } = selection;
  const words = Object.entries(others).map(([name, value]) => `${name}:${String(value)}`);
  return [...words, ...(argument === undefined ? [] : ["arg:…"])].join(" ");
}

async function find(
  visit: Visit,
  selection: JobSelection,
  place: JobPlace,
): Promise<{ readonly jids: readonly string[]; readonly isMore: boolean }> {
  const page = await jobsPage(
    selection,
    { places: [place], limit: MOST, lookAt: LOOK_AT },
    visit.adapter,
  );
  const jids = page.jobs
    .map((each) => shownJob(each, visit))
    .filter((job) => isSeen(job, selection))
    .flatMap(({ job }) => job.jid ?? []);
  return { jids, isMore: page.cursor !== undefined };
}

async function inSlices<Item, Value>(
  items: readonly Item[],
  act: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    values.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(act))));
  }
  return values;
}

function outcomeOf({ t }: Visit, action: JobAction, changes: readonly JobChange[]): Outcome {
  const done = changes.filter((change) => change.done).length;
  const left = changes.filter((change) => !change.done);
  const said = [t(DONE[action], { count: counted(done) })];
  const [only] = left;
  if (changes.length === 1 && only !== undefined) {
    said.splice(0, 1, whyNot(t, only));
  } else if (left.length > 0) {
    said.push(t("{count} had moved on, or may not go.", { count: counted(left.length) }));
  }
  return { said: said.join(" "), data: { done, asked: changes.length } };
}

const DONE: Readonly<Record<JobAction, string>> = {
  retry: "Jobs put on their queues: {count}.",
  promote: "Jobs put on their queues: {count}.",
  kill: "Jobs moved to the dead: {count}.",
  cancel: "Jobs cancelled: {count}.",
  delete: "Jobs deleted: {count}.",
};

function whyNot(t: Translate, { found, blockedBy }: JobChange): string {
  const holder = blockedBy?.[0];
  if (holder !== undefined) {
    return t("Nothing was done: {reason} is in its way.", { reason: holder.reason });
  }
  return found === undefined
    ? t("Nothing was done: the job is gone.")
    : t("Nothing was done: the job is {place} now.", { place: stateName(found.place, t) });
}

function questionOf(t: Translate, action: JobAction, count: number, isMore = false): string {
  const asked: Readonly<Record<JobAction, string>> = {
    retry: "Retry {count} jobs?",
    promote: "Run {count} jobs now?",
    kill: "Move {count} jobs to the dead?",
    cancel: "Cancel {count} jobs?",
    delete: "Delete {count} jobs for good?",
  };
  const question = t(asked[action], { count: counted(count) });
  return isMore ? `${question} ${t("There are more than these, which come next.")}` : question;
}

/** What can be done to a job, in the order of its buttons. */
export function possibleFor(visit: Visit, place: JobPlace): readonly JobAction[] {
  return actionsAt(place).filter((action) => visit.may(`jobs.${action}`));
}
