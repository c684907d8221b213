import type { Answer, Page } from "../page.ts";
import { Table } from "../parts/table.tsx";

/** What a search may say, and what that means. */
const TERMS: readonly (readonly [string, string])[] = [
  ["command:SendInvoice", "of that class"],
  ["queue:mailers", "of that queue"],
  ["error:TimeoutError", "that last failed with that error"],
  ["tag:urgent", "with that tag"],
  ["jid:9e848942c7b62592be4d7287", "that job; a jid alone leads to it"],
  ["gid://app/User/42", "that are about that record, in arguments or context"],
  ["arg:text", "with that text in an argument; words without a name mean the same"],
  ["older:2d newer:3h", "that were deferred before, or since"],
];

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "search"],
  ["?", "this help"],
  ["g o", "overview"],
  ["g q", "queues"],
  ["g e", "errors"],
  ["g c", "commands"],
  ["g p", "processes"],
  ["g r", "recurring jobs"],
  ["g b", "batches"],
  ["g l", "limits"],
  ["g h", "health"],
];

export const helpPage: Page = {
  path: "/help",
  read({ t }): Promise<Answer> {
    return Promise.resolve({
      title: t("Help"),
      data: { terms: Object.fromEntries(TERMS) },
      view: () => (
        <>
          <h1>{t("Help")}</h1>
          <h2>{t("How to search")}</h2>
          <Table
            caption={t("How to search")}
            columns={[{ head: t("Write") }, { head: t("For jobs") }]}
          >
            {TERMS.map(([term, meaning]) => (
              <tr>
                <td>
                  <code>{term}</code>
                </td>
                <td class="wide">{t(meaning)}</td>
              </tr>
            ))}
          </Table>
          <p class="muted">{t("All terms have to fit. Texts with spaces stand in quotes.")}</p>
          <h2>{t("Keys")}</h2>
          <Table caption={t("Keys")} columns={[{ head: t("Press") }, { head: t("For") }]}>
            {KEYS.map(([key, meaning]) => (
              <tr>
                <td>
                  <kbd>{key}</kbd>
                </td>
                <td>{t(meaning)}</td>
              </tr>
            ))}
          </Table>
        </>
      ),
    });
  },
};
