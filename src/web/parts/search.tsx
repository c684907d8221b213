import type { Visit } from "../request/visit.ts";
import type { Html } from "./html.ts";

/** The box at the top of each page: it looks everywhere. */
export function Search({ visit }: { visit: Visit }): Html {
  const { t, query, path, site, store } = visit;
  return (
    <form class="search" role="search" method="get" action={visit.to("/jobs")}>
      {site.storeNames.length > 1 ? <input type="hidden" name="store" value={store} /> : undefined}
      <label class="unseen" for="search">
        {t("Search for jobs")}
      </label>
      <input
        id="search"
        type="search"
        name="q"
        maxlength={500}
        value={path === "/jobs" && query.all("place")[0] === undefined ? query.text("q") : ""}
        placeholder={t("jid, gid://app/User/42, command:…, error:…, tag:…")}
        autocomplete="off"
        spellcheck={false}
      />
    </form>
  );
}
