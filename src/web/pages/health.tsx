import type { Finding } from "../../adapters/finding.ts";
import { doctor } from "../../inspection/doctor/doctor.ts";
import type { Answer, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";

/** What of a server's facts people look for first. */
const FACTS: readonly string[] = [
  "redis_version",
  "valkey_version",
  "server_name",
  "os",
  "uptime_in_days",
  "connected_clients",
  "blocked_clients",
  "used_memory_human",
  "maxmemory_human",
  "maxmemory_policy",
  "mem_fragmentation_ratio",
  "evicted_keys",
  "expired_keys",
  "rejected_connections",
  "instantaneous_ops_per_sec",
  "keyspace_hits",
  "keyspace_misses",
  "role",
  "connected_slaves",
  "save",
  "appendfsync",
  "aof_enabled",
  "rdb_last_bgsave_status",
];

const RANK = ["wrong", "warning", "ok"];

export const healthPage: Page = {
  path: "/health",
  async read(visit): Promise<Answer> {
    const { t, adapter, shared, store } = visit;
    const { findings, facts } = await shared.read(`health ${store}`, 5, async () => {
      const found: Finding[] = [];
      for await (const finding of doctor({}, adapter)) found.push(finding);
      return { findings: found, facts: await adapter.store.facts() };
    });
    const sorted = findings.toSorted(
      (one, other) => RANK.indexOf(one.level) - RANK.indexOf(other.level),
    );
    const shown = FACTS.flatMap((name) => (facts[name] ? [[name, facts[name]] as const] : []));
    return {
      title: t("Health"),
      data: { findings: sorted, facts: Object.fromEntries(shown) },
      view: () => (
        <>
          <h1>{t("Health")}</h1>
          <div id="health" data-live="health">
            <Table
              caption={t("What was looked at")}
              columns={[
                { head: t("State") },
                { head: t("What") },
                { head: t("Found") },
                { head: t("What to do") },
              ]}
            >
              {sorted.map(({ level, check, found, todo, queue }) => (
                <tr>
                  <td>
                    <Badge state={level} t={t} />
                  </td>
                  <td>
                    {queue === undefined ? (
                      visible(check)
                    ) : (
                      <a href={visit.to("/queues/q", { name: queue })}>{visible(check)}</a>
                    )}
                  </td>
                  <td class="wide">{visible(found)}</td>
                  <td class="wide">{visible(todo ?? "")}</td>
                </tr>
              ))}
            </Table>
            {shown.length === 0 ? undefined : (
              <>
                <h2>{t("The server, by its own words")}</h2>
                <dl class="facts">
                  {shown.map(([name, value]) => (
                    <div>
                      <dt>{name}</dt>
                      <dd>{visible(value)}</dd>
                    </div>
                  ))}
                </dl>
              </>
            )}
          </div>
        </>
      ),
    };
  },
};
