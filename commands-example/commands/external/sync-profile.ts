import { eq } from "drizzle-orm";
import { Command } from "mandate";
import { Database } from "../../database/database.ts";
import { type User, users } from "../../database/schema.ts";
import { ProfileClient } from "../../application/profile-client.ts";

export class ServiceUnavailableError extends Error {
  override readonly name = "ServiceUnavailableError";
}

/** Fetches what a learner wrote about themselves, from a service that limits how often it is asked. */
export class SyncProfile extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("external");
    this.retryOn(ServiceUnavailableError, { wait: "1 second", attempts: 5 });
  }

  private readonly profiles = this.inject(ProfileClient);
  private readonly database = this.inject(Database);

  async call(): Promise<void> {
    const response = await this.profiles.request(this.user.email, this.signal);
    if (response.status === 429) {
      this.requeueJob(Number(response.headers.get("Retry-After")));
    }
    if (response.status === 503) {
      throw new ServiceUnavailableError("the profile service is not available");
    }
    const { bio } = await ProfileClient.read(response);
    await this.database.update(users).set({ bio }).where(eq(users.id, this.user.id));
  }
}
