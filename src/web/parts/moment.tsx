import { spoken } from "../../support/wording.ts";
import type { Visit } from "../request/visit.ts";
import type { Html } from "./html.ts";

/** How far a moment is from now; the whole of it on hovering, and for programs. */
export function Moment({ visit, date }: { visit: Visit; date: Date | string | undefined }): Html {
  const moment = typeof date === "string" ? new Date(date) : date;
  if (moment === undefined || Number.isNaN(moment.getTime())) {
    return <span class="none">–</span>;
  }
  const iso = moment.toISOString();
  return (
    <time datetime={iso} title={iso.replace("T", " ").replace(/\.\d+Z$/, " UTC")}>
      {ago(visit, moment)}
    </time>
  );
}

/** "5m ago", "in 3h". */
function ago({ t, snapshot }: Visit, moment: Date): string {
  const seconds = snapshot.at - moment.getTime() / 1000;
  if (Math.abs(seconds) < 1) {
    return t("now");
  }
  return seconds > 0
    ? t("{time} ago", { time: spoken(seconds) })
    : t("in {time}", { time: spoken(-seconds) });
}
