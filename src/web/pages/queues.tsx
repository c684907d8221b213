import { queue } from "../../inspection/lists/queue.ts";
import { counted } from "../../support/wording.ts";
import { audited } from "../actions/audited.ts";
import { ask } from "../actions/question.tsx";
import type { Answer, Outcome, Page } from "../page.ts";
import { byTrouble, QueueTable } from "../parts/queue-table.tsx";
import { Nothing } from "../parts/table.tsx";
import type { Parameters } from "../request/parameters.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";

export const queuesPage: Page = {
  path: "/queues",
  async read(visit): Promise<Answer> {
    const { t, snapshot } = visit;
    const queues = byTrouble(snapshot.queues);
    return {
      title: t("Queues"),
      data: { queues },
      view: () => (
        <>
          <h1>{t("Queues")}</h1>
          <div id="queues" data-live="queues">
            {queues.length === 0 ? (
              <Nothing>{t("No queue has had a job yet")}</Nothing>
            ) : (
              <QueueTable visit={visit} queues={queues} />
            )}
          </div>
        </>
      ),
    };
  },
  act: changeQueue,
};

async function changeQueue(visit: Visit, form: Parameters): Promise<Outcome> {
  const { t, adapter } = visit;
  const name = form.text("name");
  const action = form.text("action");
  const meant = queue(name, adapter);
  if (name === "" || !["pause", "resume", "clear"].includes(action)) {
    throw new Refusal(400, "noSuchAction");
  }
  if (action !== "clear") {
    const subject = `${action} ${name}`;
    return audited(visit, { action: "queues.pause", subject }, async () => {
      await (action === "pause" ? meant.pause() : meant.resume());
      const said = action === "pause" ? "Queue {name} is paused." : "Queue {name} goes on.";
      return { said: t(said, { name }), data: { done: 1 } };
    });
  }
  if (visit.may("queues.clear")) {
    const count = counted(await meant.size());
    const text = t("Delete all {count} jobs of queue {name} for good?", { count, name });
    const question = ask(visit, form, { text, button: t("clear"), typed: name });
    if (question !== undefined) return question;
  }
  return audited(visit, { action: "queues.clear", subject: name }, async () => {
    const done = await meant.clear();
    return { said: t("Jobs deleted: {count}.", { count: counted(done) }), data: { done } };
  });
}
