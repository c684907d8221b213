import { startPostgres } from "../database/database.ts";
import { MailServer } from "./mail-server.ts";
import { ProfileService } from "./profile-service.ts";

/** What surrounds the application: a database, a mail server, somebody else's API. */
export type Services = Awaited<ReturnType<typeof startServices>>;

export async function startServices() {
  const [postgres, mailServer, profileService] = await Promise.all([
    startPostgres(),
    MailServer.start(),
    ProfileService.start(),
  ]);
  return {
    postgres,
    mailServer,
    profileService,
    /** How a process of the application finds them. */
    environment: { SMTP_URL: mailServer.url, PROFILES_URL: profileService.url },
    async stop(): Promise<void> {
      await Promise.all([postgres.close(), mailServer.stop(), profileService.stop()]);
    },
  };
}
