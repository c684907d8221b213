import { BootstrapUser } from "../commands/user/bootstrap.ts";
import { SumReport } from "../commands/report/sum.ts";
import { type Database, written } from "../database/database.ts";
import { exercises } from "../database/schema.ts";

/** Who comes, and what each has solved: a folder of this repository. */
export const learners = [
  { name: "Ada Lovelace", email: "ada@academy.example", folder: "src/support" },
  { name: "Grace Hopper", email: "grace@academy.example", folder: "src/globalid" },
  { name: "Edsger Dijkstra", email: "edsger@academy.example", folder: "src/configuration" },
];

/** What nobody has solved. */
export const unsolvedFolder = "src/adapters";

export async function signUpLearners(database: Database, who = learners): Promise<void> {
  const unsolved = database.insert(exercises).values({ folder: unsolvedFolder });
  await unsolved.onConflictDoNothing();
  for (const { folder, ...signUp } of who) {
    const exercise = written(await database.insert(exercises).values({ folder }).returning());
    await BootstrapUser.call(signUp, exercise);
  }
}

export async function printReports(database: Database): Promise<void> {
  console.log();
  for (const exercise of await database.select().from(exercises)) {
    const report = await SumReport.call(exercise);
    report
      .onSuccess(({ solutions, linesOfCode }) => {
        console.log(`${exercise.folder}: ${solutions} solutions, ${linesOfCode} lines of code`);
      })
      .onFailure((errors) => console.log(`${exercise.folder}: ${errors.join(", ")}`));
  }
}
