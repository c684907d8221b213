import { limiters, type LimiterState } from "../../guards/limiter/limiters.ts";
import { locks, releaseLock, type Lock } from "../../guards/unique/locks.ts";
import { counted, spoken } from "../../support/wording.ts";
import { audited } from "../actions/audited.ts";
import { ask } from "../actions/question.tsx";
import type { Answer, Outcome, Page } from "../page.ts";
import { Meter } from "../parts/charts.tsx";
import { Act } from "../parts/forms.tsx";
import type { Html } from "../parts/html.ts";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import type { Parameters } from "../request/parameters.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";

const MOST = 200;

export const limitsPage: Page = {
  path: "/limits",
  async read(visit): Promise<Answer> {
    const { t, adapter, shared, store, snapshot } = visit;
    const { found, used } = await shared.read(`limits ${store}`, 1, async () => ({
      found: await firstOf(locks(adapter)),
      used: await firstOf(limiters(adapter)),
    }));
    const { limits } = snapshot;
    return {
      title: t("Limits and locks"),
      data: { locks: found, limiters: used, limits },
      view: () => (
        <>
          <h1>{t("Limits and locks")}</h1>
          <div id="limits" data-live="limits">
            <h2>{t("Limits that jobs wait for")}</h2>
            {limits.length === 0 ? (
              <Nothing>{t("No job is over a limit")}</Nothing>
            ) : (
              <Limits visit={visit} />
            )}
            <h2>{t("Keys of unique jobs")}</h2>
            {found.length === 0 ? (
              <Nothing>{t("No unique job is there")}</Nothing>
            ) : (
              <Locks visit={visit} found={found} />
            )}
            {used.length === 0 ? undefined : (
              <>
                <h2>{t("Limiters in code")}</h2>
                <Limiters visit={visit} used={used} />
              </>
            )}
          </div>
        </>
      ),
    };
  },
  act: release,
};

async function firstOf<Item>(all: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const each of all) {
    if (found.push(each) === MOST) break;
  }
  return found;
}

async function release(visit: Visit, form: Parameters): Promise<Outcome> {
  const { t, adapter } = visit;
  const key = form.text("key");
  if (key === "" || form.text("action") !== "release") {
    throw new Refusal(400, "noSuchAction");
  }
  if (visit.may("locks.release")) {
    const text = t("Let go of {key}? Another job like it may be enqueued then.", { key });
    const question = ask(visit, form, { text, button: t("release"), typed: key });
    if (question !== undefined) return question;
  }
  // A key may be made of arguments.
  return audited(
    visit,
    { action: "locks.release", subject: key.split(":").slice(0, 2).join(":") },
    async () => {
      const { length: done } = await releaseLock(key, adapter);
      const said = done === 0 ? "Nothing was done: nobody held it." : "It is free.";
      return { said: t(said), data: { done } };
    },
  );
}

function Limits({ visit }: { visit: Visit }): Html {
  const { t, snapshot } = visit;
  return (
    <Table
      caption={t("Limits that jobs wait for")}
      columns={[
        { head: t("Limit") },
        { head: t("Running") },
        { head: t("Rate") },
        { head: t("Waiting"), isNumber: true },
      ]}
    >
      {snapshot.limits.map(({ limit, to, rate, running, waiting }) => (
        <tr>
          <td>{visible(limit)}</td>
          <td>
            {to === undefined ? (
              running
            ) : (
              <>
                {running} / {to} <Meter used={running} of={to} label={`${running} / ${to}`} />
              </>
            )}
          </td>
          <td>
            {rate === undefined
              ? "–"
              : t("{count} per {time}", { count: rate.to, time: spoken(rate.seconds) })}
          </td>
          <td class="number">{counted(waiting)}</td>
        </tr>
      ))}
    </Table>
  );
}

function Locks({ visit, found }: { visit: Visit; found: readonly Lock[] }): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Keys of unique jobs")}
      columns={[
        { head: t("Key") },
        { head: t("Held by") },
        { head: t("Since") },
        { head: t("Until") },
        { head: t("Actions"), isHidden: true },
      ]}
    >
      {found.map(({ key, holder, since, until }) => (
        <tr id={`lock-${key}`} data-row={key}>
          <td dir="auto">{visible(key)}</td>
          <td data-label={t("Held by")}>
            <a href={visit.to("/jobs/j", { jid: holder })}>
              <code>{visible(holder)}</code>
            </a>
          </td>
          <td data-label={t("Since")}>
            <Moment visit={visit} date={since} />
          </td>
          <td data-label={t("Until")}>
            {until === undefined ? t("it is over") : <Moment visit={visit} date={until} />}
          </td>
          <td class="acts">
            <Act
              visit={visit}
              right="locks.release"
              path="/limits"
              fields={{ action: "release", key }}
              isFinal
              label={t("Release {name}", { name: key })}
            >
              {t("release")}
            </Act>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Limiters({ visit, used }: { visit: Visit; used: readonly LimiterState[] }): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Limiters in code")}
      columns={[{ head: t("Limiter") }, { head: t("Kind") }, { head: t("Used") }]}
    >
      {used.map(({ name, kind, used: taken, size }) => (
        <tr>
          <td>{visible(name)}</td>
          <td>{kind}</td>
          <td>
            {counted(taken)} / {counted(size)}{" "}
            <Meter used={taken} of={size} label={`${taken} / ${size}`} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
