import { configure, consoleLogger, loadCommands } from "mandate";
import { container } from "tsyringe";
import { Database } from "../database/database.ts";
import { registerModels } from "../database/models.ts";
import { Mailer } from "./mailer.ts";
import { ProfileClient } from "./profile-client.ts";
import { repository, SourceTree } from "./source-tree.ts";

/** Where the services are that the application talks to. */
export interface Environment {
  readonly SMTP_URL?: string | undefined;
  readonly PROFILES_URL?: string | undefined;
}

/** Makes this process the application, whether it defers jobs, works on them, or both. */
export async function boot(database: Database, environment: Environment): Promise<void> {
  const { SMTP_URL = "smtp://127.0.0.1:25", PROFILES_URL = "http://127.0.0.1:8080" } = environment;
  container.registerInstance(Database, database);
  container.registerInstance(Mailer, new Mailer(SMTP_URL));
  container.registerInstance(ProfileClient, new ProfileClient(PROFILES_URL));
  container.registerInstance(SourceTree, repository);
  registerModels(database);
  configure({ appName: "academy", logger: consoleLogger({ level: "error" }) });
  await loadCommands(new URL("../commands", import.meta.url));
}
