import {
  changeJob,
  changeJobs,
  doctor,
  findJob,
  jobDetails,
  jobJson,
  queue,
  snapshot,
  type Finding,
  type FoundJob,
  type JobAction,
  type JobEntry,
  type JobPage,
  type JobPlace,
  type JobStatus,
} from "mandate";
import { describe, expectTypeOf, it } from "vitest";

describe("what operators read and do", () => {
  it("names actions and places", () => {
    expectTypeOf<JobAction>().toEqualTypeOf<"retry" | "promote" | "kill" | "cancel" | "delete">();
    // @ts-expect-error there is no such action
    void changeJob("retri", "9e848942c7b62592be4d7287");
    // @ts-expect-error there is no such place
    void findJob("9e848942c7b62592be4d7287", { places: ["deat"] });
  });

  it("changes many jobs of named places only", () => {
    expectTypeOf(changeJobs("retry", {}, { places: ["dead"] })).resolves.toBeNumber();
    // @ts-expect-error without places it would be every job there is
    void changeJobs("delete", {}, {});
  });

  it("tells what was found", async () => {
    expectTypeOf(doctor()).toEqualTypeOf<AsyncGenerator<Finding, void, void>>();
    expectTypeOf<Finding["level"]>().toEqualTypeOf<"ok" | "warning" | "wrong">();
    expectTypeOf(findJob("1")).resolves.toEqualTypeOf<FoundJob | undefined>();
    const details = await jobDetails("1");
    expectTypeOf(details!.prerequisites[0]!.status).toEqualTypeOf<JobStatus>();
    expectTypeOf(jobJson(details!).place).toEqualTypeOf<JobPlace>();
  });

  it("reads pages and moments", async () => {
    const page = await queue("default").page({ tag: "mail" }, { limit: 10 });
    expectTypeOf(page).toEqualTypeOf<JobPage>();
    expectTypeOf(page.jobs).toEqualTypeOf<readonly JobEntry[]>();
    expectTypeOf((await snapshot()).queues[0]!.latency).toBeNumber();
  });
});
