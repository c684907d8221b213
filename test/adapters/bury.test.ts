import { describe, expect, it } from "vitest";
import { buriedAsLost, buriedWithPrereq } from "../../src/adapters/bury.ts";

const stamp = 1_795_298_407.25;

describe("buriedAsLost", () => {
  it("writes what Sidekiq's pages need, and keeps the arguments' bytes", () => {
    const payload = '{"class":"A","args":[1.0],"queue":"q","jid":"a1","enqueued_at":1.5}';

    const buried = buriedAsLost({ jid: "a1", queue: "q", payload, stamp });

    expect(buried).toBe(
      '{"class":"A","args":[1.0],"queue":"q","jid":"a1","retry_count":0,"failed_at":1795298407.25,' +
        '"error_class":"JobLostError","error_message":"Cannot run job a1: its worker died 3 times while it ran. ' +
        "Find out whether the job ends the process (memory, an endless loop, a crash in native code), then retry it " +
        'from the dead set"}',
    );
  });

  it("counts on where the job failed before", () => {
    const payload = '{"queue":"q","failed_at":1.5,"retried_at":2.5,"retry_count":3}';

    const buried = JSON.parse(buriedAsLost({ jid: "a1", queue: "q", payload, stamp })) as object;

    expect(buried).toMatchObject({ failed_at: 1.5, retried_at: stamp, retry_count: 4 });
  });

  it("names the queue where the record does not, as the Retries page fails without", () => {
    const buried = JSON.parse(
      buriedAsLost({ jid: "a1", queue: "q", payload: "{}", stamp }),
    ) as object;

    expect(buried).toMatchObject({ queue: "q" });
  });

  it.each(["oops", "[]", ""])("wraps %j, which is no record", (payload) => {
    const buried = JSON.parse(buriedAsLost({ jid: "a1", queue: "q", payload, stamp })) as object;

    expect(buried).toMatchObject({
      class: "Mandate::Unreadable",
      args: [payload],
      jid: "a1",
      queue: "q",
      failed_at: stamp,
      error_class: "JobLostError",
    });
  });
});

describe("buriedWithPrereq", () => {
  it("names the job that was waited for", () => {
    const buried = buriedWithPrereq(
      { jid: "b2", queue: "q", payload: '{"queue":"q"}', stamp },
      {
        jid: "a1",
        ended: "dead",
      },
    );

    expect(JSON.parse(buried)).toEqual({
      queue: "q",
      retry_count: 0,
      failed_at: stamp,
      error_class: "PrereqJobDeadError",
      error_message:
        "Cannot run job b2: job a1, which it waited for, is dead. Retry that one from the dead set " +
        "first, then this one",
    });
  });

  it.each([
    ["discarded", "was discarded"],
    ["cancelled", "was cancelled"],
    ["expired", "expired before it was run"],
    ["deleted", "was deleted"],
  ] as const)("says how that one ended: %s", (ended, words) => {
    const buried = buriedWithPrereq(
      { jid: "b2", queue: "q", payload: "{}", stamp },
      { jid: "a1", ended },
    );

    expect(JSON.parse(buried)).toMatchObject({
      error_class: "PrereqJobFailedError",
      error_message:
        `Cannot run job b2: job a1, which it waited for, ${words}. ` +
        "Retry this one if it is to run all the same",
    });
  });
});
