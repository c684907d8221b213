import { eq } from "drizzle-orm";
import { Command, errorKinds, retryAfter } from "mandate";
import { Database } from "../../database/database.ts";
import { type User, users } from "../../database/schema.ts";
import { ProfileClient } from "../../application/profile-client.ts";

/**
 * Fetches what a learner wrote about themselves, from a service that limits how often it is asked.
 */
export class SyncProfile extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("external");
    this.limitConcurrency({ to: 2, group: "profile-service" });
    this.retryOn(errorKinds.httpStatus(503), { wait: "1 second", attempts: 5 });
  }

  private readonly profiles = this.inject(ProfileClient);
  private readonly database = this.inject(Database);

  async call(): Promise<void> {
    const response = await this.profiles.request(this.user.email, this.signal);
    if (response.status === 429) {
      this.requeueJob(retryAfter(response));
    }
    if (response.status === 503) {
      throw new Error("the profile service is not available", { cause: response });
    }
    const { bio } = await ProfileClient.read(response);
    await this.database.update(users).set({ bio }).where(eq(users.id, this.user.id));
  }
}
