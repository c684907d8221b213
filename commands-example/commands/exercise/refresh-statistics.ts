import { eq } from "drizzle-orm";
import { Job } from "mandate";
import { Database } from "../../database/database.ts";
import { type Exercise, exercises, solutions } from "../../database/schema.ts";

/** A plain job, in the shape that Active Job made familiar: counts an exercise's solutions anew. */
export class RefreshStatistics extends Job {
  static {
    this.queueAs("low");
  }

  private readonly database = this.inject(Database);

  async perform(exercise: Exercise): Promise<void> {
    const solutionCount = this.database.$count(solutions, eq(solutions.exerciseId, exercise.id));
    await this.database
      .update(exercises)
      .set({ solutionCount })
      .where(eq(exercises.id, exercise.id));
  }
}
