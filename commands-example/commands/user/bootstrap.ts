import { Command, deferAfter } from "mandate";
import { Database, written } from "../../database/database.ts";
import { type Exercise, type User, users } from "../../database/schema.ts";
import { ProcessBatch } from "../exercise/process-batch.ts";
import { SyncProfile } from "../external/sync-profile.ts";
import { SendWelcomeEmail } from "./send-welcome-email.ts";

export interface SignUp {
  readonly name: string;
  readonly email: string;
}

/** Takes in a new learner, with what they have done of an exercise so far. */
export class BootstrapUser extends Command.initializeWith((signUp: SignUp, exercise: Exercise) => ({
  signUp,
  exercise,
})) {
  private readonly database = this.inject(Database);

  async call(): Promise<User> {
    const user = await this.createUser();
    // The first files are there when this returns; the others follow in the background.
    await ProcessBatch.call(user, this.exercise);
    return user;
  }

  /** Neither job starts before the row is committed, nor at all if it is not. */
  private createUser(): Promise<User> {
    return deferAfter(() =>
      this.database.transaction(async (transaction) => {
        const user = written(await transaction.insert(users).values(this.signUp).returning());
        await SendWelcomeEmail.defer(user);
        await SyncProfile.defer(user);
        return user;
      }),
    );
  }
}
