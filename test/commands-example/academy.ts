import { useTestAdapter } from "mandate/testing";
import { afterAll, beforeEach } from "vitest";
import { boot } from "../../commands-example/application/boot.ts";
import { openDatabase, written } from "../../commands-example/database/database.ts";
import {
  type Exercise,
  exercises,
  type Iteration,
  iterations,
  solutions,
  type User,
  users,
} from "../../commands-example/database/schema.ts";
import { MailServer } from "../../commands-example/services/mail-server.ts";
import { ProfileService } from "../../commands-example/services/profile-service.ts";
import { startPostgresFromCopy } from "./postgres.ts";

/** The application with real services around it, for one test file: no rows and no jobs in each test. */
export async function useAcademy() {
  const postgres = await startPostgresFromCopy();
  const mailServer = await MailServer.start();
  const profileService = await ProfileService.start();
  const database = openDatabase(postgres);
  await boot(database, { SMTP_URL: mailServer.url, PROFILES_URL: profileService.url });

  beforeEach(async () => {
    useTestAdapter();
    for (const table of [solutions, iterations, exercises, users]) await database.delete(table);
  });

  afterAll(async () => {
    await Promise.all([postgres.close(), mailServer.stop(), profileService.stop()]);
  });

  async function createUser(values: Partial<User> = {}): Promise<User> {
    const ada = { name: "Ada Lovelace", email: "ada@academy.example" };
    return written(
      await database
        .insert(users)
        .values({ ...ada, ...values })
        .returning(),
    );
  }

  async function createExercise(values: Partial<Exercise> = {}): Promise<Exercise> {
    const example = { folder: "src/globalid" };
    return written(
      await database
        .insert(exercises)
        .values({ ...example, ...values })
        .returning(),
    );
  }

  async function createIteration(values: Partial<Iteration> = {}): Promise<Iteration> {
    const { id: userId } = await createUser();
    const { id: exerciseId } = await createExercise();
    const file = { path: "src/globalid/one.ts", code: "export const one = 1;\n" };
    return written(
      await database
        .insert(iterations)
        .values({ userId, exerciseId, ...file, ...values })
        .returning(),
    );
  }

  return { database, mailServer, profileService, createUser, createExercise, createIteration };
}
