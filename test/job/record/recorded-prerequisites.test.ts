import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { prereqsOf } from "../../../src/job/record/recorded-prerequisites.ts";

describe("prereqsOf", () => {
  it("reads what this library wrote", () => {
    expect(prereqsOf(record({ prereq_jobs: ["4f1d", "5a2e"] }))).toEqual(["4f1d", "5a2e"]);
  });

  it("reads what Ruby's MandateJob is given, as Active Job 8.1 wrote it", () => {
    const keywords = {
      force: true,
      prereq_jobs: [
        {
          job_id: "fd424297552b6ab7a25eab1e",
          queue_name: "low",
          _aj_symbol_keys: ["job_id", "queue_name"],
        },
      ],
      _aj_ruby2_keywords: ["force", "prereq_jobs"],
    };

    expect(prereqsOf(rubys(["Interop::Echo", "after", keywords]))).toEqual([
      "fd424297552b6ab7a25eab1e",
    ]);
  });

  it.each([
    ["there are none", record({})],
    ["the list is empty", record({ prereq_jobs: [] })],
    ["the list is none", record({ prereq_jobs: "4f1d" as never })],
    ["nothing in it is a jid", record({ prereq_jobs: [1, null, {}, ""] as never })],
    ["Ruby gave no keywords", rubys(["Echo", { prereq_jobs: [{ job_id: "4f1d" }] }])],
    ["Ruby gave other keywords", rubys(["Echo", { _aj_ruby2_keywords: ["force"], force: true }])],
    ["Ruby's are no jobs", rubys([{ _aj_ruby2_keywords: [], prereq_jobs: [null, 7, "4f1d"] }])],
    ["Ruby gave no arguments", rubys([])],
    ["Ruby's arguments are missing", record({ wrapped: "MandateJob", args: [{}] })],
    ["Ruby's job is missing", record({ wrapped: "MandateJob", args: [] })],
  ])("finds none where %s", (_, given) => {
    expect(prereqsOf(given)).toBeUndefined();
  });
});

function record(fields: Partial<JobRecord>): JobRecord {
  return { class: "Step", args: [], queue: "default", jid: "4f1d", ...fields };
}

function rubys(args: readonly unknown[]): JobRecord {
  const job = { job_class: "MandateJob", job_id: "c45fb2ea", arguments: args };
  return record({ class: "Sidekiq::ActiveJob::Wrapper", wrapped: "MandateJob", args: [job] });
}
