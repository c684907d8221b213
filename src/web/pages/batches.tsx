import { allBatches, findBatch, type KnownBatch } from "../../batches/known-batch.ts";
import type { BatchStatus } from "../../batches/batch-status.ts";
import { counted } from "../../support/wording.ts";
import { audited } from "../actions/audited.ts";
import { ask } from "../actions/question.tsx";
import type { Answer, Outcome, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Act } from "../parts/forms.tsx";
import { Graph } from "../parts/graph.tsx";
import type { Html } from "../parts/html.ts";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import type { Parameters } from "../request/parameters.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";

/** Batches on the page: more is no list that anybody reads. */
const MOST = 50;

export const batchesPage: Page = {
  path: "/batches",
  async read(visit): Promise<Answer> {
    const { t, adapter, shared, store } = visit;
    const batches = await shared.read(`batches ${store}`, 1, async () => {
      const found: BatchStatus[] = [];
      if (adapter.batches === undefined) return found;
      for await (const batch of allBatches(adapter)) {
        if (found.push(await batch.status()) === MOST) break;
      }
      return found;
    });
    return {
      title: t("Batches"),
      data: { batches },
      view: () => (
        <>
          <h1>{t("Batches")}</h1>
          <div id="batches" data-live="batches">
            {batches.length === 0 ? (
              <Nothing>{t("There are no batches")}</Nothing>
            ) : (
              <BatchTable visit={visit} batches={batches} />
            )}
          </div>
        </>
      ),
    };
  },
  act: changeBatch,
};

export const batchPage: Page = {
  path: "/batches/b",
  async read(visit): Promise<Answer> {
    const { t, query } = visit;
    const batch = await batchOf(visit, query.text("id"));
    const [status, graph] = await Promise.all([batch.status(), batch.graph()]);
    // Their messages may have secrets of jobs that nobody has here.
    const failures = status.failures.map(({ jid, errorClass }) => ({ jid, errorClass }));
    return {
      title: status.description ?? t("Batch"),
      data: { ...status, failures, graph },
      view: () => (
        <>
          <div class="heading">
            <h1 dir="auto">{visible(status.description ?? t("Batch"))}</h1>
            <Badge state={stateOf(status)} t={t} />
            <div class="actions">
              <BatchActs visit={visit} status={status} />
            </div>
          </div>
          <p class="muted ids">
            <code>{status.id}</code>
            {status.parent === undefined ? undefined : (
              <>
                {` ${t("in")} `}
                <a href={visit.to("/batches/b", { id: status.parent })}>{status.parent}</a>
              </>
            )}
          </p>
          <div id="batch" data-live="batch">
            <p>
              <Share status={status} /> {counted(status.done)} / {counted(status.total)}{" "}
              <span class="muted">
                {t("{pending} to come, {running} run, {failed} failed, {dead} dead", {
                  pending: counted(status.pending),
                  running: counted(status.running),
                  failed: counted(status.failed),
                  dead: counted(status.dead),
                })}
              </span>
            </p>
            <dl class="facts">
              {(
                [
                  [t("Created"), status.createdAt],
                  [t("Complete"), status.completedAt],
                  [t("Success"), status.succeededAt],
                  [t("First death"), status.diedAt],
                  [t("Cancelled"), status.cancelledAt],
                ] as const
              ).map(([name, date]) =>
                date === undefined ? undefined : (
                  <div>
                    <dt>{name}</dt>
                    <dd>
                      <Moment visit={visit} date={date} />
                    </dd>
                  </div>
                ),
              )}
            </dl>
            {graph.jobs.length === 0 ? undefined : <Graph visit={visit} graph={graph} />}
            {failures.length === 0 ? undefined : (
              <>
                <h2>{t("First failures")}</h2>
                <ul class="plain">
                  {failures.slice(0, 20).map((failure) => (
                    <li>
                      <a href={visit.to("/jobs/j", { jid: failure.jid })}>
                        <code>{visible(failure.jid)}</code>
                      </a>{" "}
                      <b class="error">{visible(failure.errorClass)}</b>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        </>
      ),
    };
  },
};

async function batchOf({ adapter }: Visit, id: string): Promise<KnownBatch> {
  const batch = adapter.batches === undefined ? undefined : await findBatch(id, adapter);
  if (batch === undefined) {
    throw new Refusal(404, "gone");
  }
  return batch;
}

async function changeBatch(visit: Visit, form: Parameters): Promise<Outcome> {
  const { t } = visit;
  const id = form.text("id");
  const action = form.text("action");
  if (action === "retry") {
    return audited(visit, { action: "batches.retry", subject: id }, async () => {
      const done = await (await batchOf(visit, id)).retryDead();
      return {
        said: t("Jobs put on their queues: {count}.", { count: counted(done) }),
        data: { done },
      };
    });
  }
  if (action !== "cancel") {
    throw new Refusal(400, "noSuchAction");
  }
  if (visit.may("batches.cancel")) {
    const { pending, description } = await (await batchOf(visit, id)).status();
    const name = description ?? id;
    const text = t("Cancel {count} jobs of batch {name}?", { count: counted(pending), name });
    const question = ask(visit, form, { text, button: t("cancel") });
    if (question !== undefined) return question;
  }
  return audited(visit, { action: "batches.cancel", subject: id }, async () => {
    const isDone = await (await batchOf(visit, id)).cancel();
    const said = isDone ? "The batch is cancelled." : "Nothing was done: the batch is over.";
    return { said: t(said), data: { done: isDone ? 1 : 0 } };
  });
}

/** How a batch is, in a word. */
function stateOf(status: BatchStatus): string {
  if (status.cancelledAt !== undefined) return "cancelled";
  if (status.succeededAt !== undefined) return "success";
  if (status.open) return "open";
  if (status.pending > 0) return "running";
  if (status.dead > 0) return "dead";
  return status.incomplete ? "incomplete" : "waiting";
}

function Share({ status }: { status: BatchStatus }): Html {
  const label = `${status.done} / ${status.total}`;
  return <progress value={status.done} max={Math.max(1, status.total)} aria-label={label} />;
}

function BatchTable({ visit, batches }: { visit: Visit; batches: readonly BatchStatus[] }): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Batches")}
      columns={[
        { head: t("Batch") },
        { head: t("State") },
        { head: t("Progress") },
        { head: t("To come"), isNumber: true },
        { head: t("Failed"), isNumber: true },
        { head: t("Dead"), isNumber: true },
        { head: t("Created") },
        { head: t("Actions"), isHidden: true },
      ]}
    >
      {batches.map((status) => (
        <tr id={`batch-${status.id}`} data-row={status.id}>
          <td>
            <a class="name" href={visit.to("/batches/b", { id: status.id })}>
              {visible(status.description ?? status.id)}
            </a>
          </td>
          <td>
            <Badge state={stateOf(status)} t={t} />
          </td>
          <td>
            <Share status={status} /> {counted(status.done)} / {counted(status.total)}
          </td>
          <td class="number" data-label={t("To come")}>
            {counted(status.pending)}
          </td>
          <td class="number" data-label={t("Failed")}>
            {counted(status.failed)}
          </td>
          <td class="number" data-label={t("Dead")}>
            {counted(status.dead)}
          </td>
          <td data-label={t("Created")}>
            <Moment visit={visit} date={status.createdAt} />
          </td>
          <td class="acts">
            <BatchActs visit={visit} status={status} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function BatchActs({ visit, status }: { visit: Visit; status: BatchStatus }): Html {
  const { t } = visit;
  const { id, dead, pending, cancelledAt } = status;
  return (
    <>
      {dead === 0 ? undefined : (
        <Act visit={visit} right="batches.retry" path="/batches" fields={{ action: "retry", id }}>
          {t("retry the dead")}
        </Act>
      )}
      {pending === 0 || cancelledAt !== undefined ? undefined : (
        <Act
          visit={visit}
          right="batches.cancel"
          path="/batches"
          fields={{ action: "cancel", id }}
          isFinal
        >
          {t("cancel")}
        </Act>
      )}
    </>
  );
}
