import { auditLog } from "../../inspection/audit.ts";
import { counted } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";

export const auditPage: Page = {
  path: "/audit",
  right: "audit.read",
  async read(visit): Promise<Answer> {
    const { t, query, adapter } = visit;
    const limit = query.integer("limit", { least: 1, most: 2_000, usual: 100 });
    const entries = await auditLog({ limit }, adapter);
    return {
      title: t("Audit log"),
      data: { entries },
      view: () => (
        <>
          <h1>{t("Audit log")}</h1>
          <p class="muted">
            {t("What was done from dashboards, the latest first. The latest 4,000 acts are kept.")}
          </p>
          <div id="audit" data-live="audit">
            {entries.length === 0 ? (
              <Nothing>{t("Nothing was done yet")}</Nothing>
            ) : (
              <Table
                caption={t("Audit log")}
                columns={[
                  { head: t("When") },
                  { head: t("Who") },
                  { head: t("What") },
                  { head: t("To what") },
                  { head: t("Outcome") },
                  { head: t("How many"), isNumber: true },
                ]}
              >
                {entries.map(({ id, at, actor, action, subject, outcome, count }) => (
                  <tr id={`audit-${id}`}>
                    <td>
                      <Moment visit={visit} date={at} />
                    </td>
                    <td>{visible(actor)}</td>
                    <td>{visible(action)}</td>
                    <td class="wide">{visible(subject)}</td>
                    <td>
                      <Badge state={outcome} t={t} />
                    </td>
                    <td class="number">{count === undefined ? "–" : counted(count)}</td>
                  </tr>
                ))}
              </Table>
            )}
          </div>
          {entries.length < limit || limit >= 2_000 ? undefined : (
            <nav class="pager">
              <a href={visit.to("/audit", { limit: Math.min(2_000, limit * 4) })}>{t("More")}</a>
            </nav>
          )}
        </>
      ),
    };
  },
};
