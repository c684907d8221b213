import { assertEnqueuedWith, performEnqueuedJobs, within } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { SyncProfile } from "../../../commands-example/commands/external/sync-profile.ts";
import { users } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, profileService, createUser } = await useAcademy();

describe("SyncProfile", () => {
  it("stores what the service knows", async () => {
    const user = await createUser({ email: "grace@academy.example" });
    Object.assign(profileService, { outages: 0, freeAt: 0 });

    await SyncProfile.call(user);

    const bio = "Wrote the first compiler, and kept the first bug.";
    expect(await database.select().from(users)).toMatchObject([{ bio }]);
  });

  it("tries again if the service is down", async () => {
    const user = await createUser();
    Object.assign(profileService, { outages: 1, freeAt: 0 });

    await performEnqueuedJobs(() => SyncProfile.defer(user));

    expect(profileService.answers.slice(-2)).toEqual([503, 200]);
  });

  it("comes again when the service says, if it was asked too often", async () => {
    const user = await createUser();
    const inAnHour = new Date(Date.now() + 3_600_000);
    Object.assign(profileService, { outages: 0, freeAt: inAnHour.getTime() });
    const job = await SyncProfile.defer(user);

    const requeued = await assertEnqueuedWith(
      { command: SyncProfile, args: [user], at: within("1 minute").of(inAnHour) },
      performEnqueuedJobs,
    );

    expect(requeued.id).toBe(job.id);
    expect(requeued.executions).toBe(0);
  });

  it("fails for somebody the service does not know", async () => {
    const user = await createUser({ email: "nobody@academy.example" });
    Object.assign(profileService, { outages: 0, freeAt: 0 });

    await expect(SyncProfile.call(user)).rejects.toThrow("The profile service answered 404");
  });
});
