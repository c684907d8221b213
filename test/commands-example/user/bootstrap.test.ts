import { assertEnqueuedJobs, assertEnqueuedWith, assertNoEnqueuedJobs } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { ProcessBatch } from "../../../commands-example/commands/exercise/process-batch.ts";
import { SyncProfile } from "../../../commands-example/commands/external/sync-profile.ts";
import { BootstrapUser } from "../../../commands-example/commands/user/bootstrap.ts";
import { SendWelcomeEmail } from "../../../commands-example/commands/user/send-welcome-email.ts";
import { iterations } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createExercise, createUser } = await useAcademy();

const ada = { name: "Ada Lovelace", email: "ada@academy.example" };

describe("BootstrapUser", () => {
  it("creates the user, who is to be greeted and to get a profile", async () => {
    const exercise = await createExercise();

    const user = await BootstrapUser.call(ada, exercise);

    expect(user).toMatchObject(ada);
    await assertEnqueuedWith({ command: SendWelcomeEmail, args: [user] });
    await assertEnqueuedWith({ command: SyncProfile, args: [user] });
  });

  it("takes in the first files at once, and leaves the others to a job", async () => {
    const exercise = await createExercise({ folder: "src/support" });

    await BootstrapUser.call(ada, exercise);

    expect(await database.$count(iterations)).toBe(4);
    await assertEnqueuedJobs(1, { only: ProcessBatch });
  });

  it("defers nothing if the user cannot be created", async () => {
    const exercise = await createExercise();
    await createUser({ email: ada.email });

    await assertNoEnqueuedJobs(() =>
      expect(BootstrapUser.call(ada, exercise)).rejects.toThrow("Failed query: insert into"),
    );
  });
});
