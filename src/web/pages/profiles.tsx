import { profileFile, profiles } from "../../inspection/profiles.ts";
import { bytes, spoken } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { Refusal } from "../request/refusal.ts";
import { visible } from "../parts/value.tsx";

export const profilesPage: Page = {
  path: "/profiles",
  async read(visit): Promise<Answer> {
    const { t, adapter } = visit;
    const found = await profiles(adapter);
    const listed = found.map(({ key, name, jid, className, startedAt, seconds, size, format }) => {
      return { key, name, jid, className, startedAt, seconds, size, format };
    });
    return {
      title: t("Profiles"),
      data: { profiles: listed },
      view: () => (
        <>
          <h1>{t("Profiles")}</h1>
          <p class="muted">
            {t(
              "Of runs that were told to be profiled. They are kept for a day; open one with speedscope or the Firefox Profiler, which nothing is sent to from here.",
            )}
          </p>
          {listed.length === 0 ? (
            <Nothing>{t("No run was profiled")}</Nothing>
          ) : (
            <Table
              caption={t("Profiles")}
              columns={[
                { head: t("Name") },
                { head: t("Job") },
                { head: t("Started") },
                { head: t("Took"), isNumber: true },
                { head: t("Size"), isNumber: true },
                { head: t("File"), isHidden: true },
              ]}
            >
              {listed.map((profile) => (
                <tr>
                  <td>{visible(profile.name)}</td>
                  <td>
                    <a href={visit.to("/jobs/j", { jid: profile.jid })}>
                      {visible(profile.className)}
                    </a>
                  </td>
                  <td>
                    <Moment visit={visit} date={profile.startedAt} />
                  </td>
                  <td class="number">{spoken(profile.seconds)}</td>
                  <td class="number">{bytes(profile.size)}</td>
                  <td>
                    <a href={visit.to("/profiles/p", { key: profile.key })}>{t("Save")}</a>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </>
      ),
    };
  },
};

/** The file behind one of them. */
export const profileFilePage: Page = {
  path: "/profiles/p",
  async read(visit): Promise<Answer> {
    const wanted = visit.query.text("key");
    const found = (await profiles(visit.adapter)).find(({ key }) => key === wanted);
    const text = await found?.read();
    if (found === undefined || text === undefined) {
      throw new Refusal(404, "gone");
    }
    return {
      title: found.name,
      data: {},
      view: () => <></>,
      file: { name: profileFile(found), text },
    };
  },
};
