import { performEnqueuedJobs } from "mandate/testing";
import "mandate/vitest";
import { describe, expect, it } from "vitest";
import { SendWelcomeEmail } from "../../../commands-example/commands/user/send-welcome-email.ts";
import { users } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, mailServer, createUser } = await useAcademy();

describe("SendWelcomeEmail", () => {
  it("waits in a queue of its own", async () => {
    const user = await createUser();

    await expect(() => SendWelcomeEmail.defer(user)).toEnqueue(SendWelcomeEmail, {
      args: [user],
      queue: "mailers",
    });
  });

  it("puts the token it stores into both parts of the mail", async () => {
    const user = await createUser({ email: "known@academy.example" });
    mailServer.greylisted.push(user.email);

    await SendWelcomeEmail.call(user);

    const [stored] = await database.select().from(users);
    const [mail] = mailServer.mailTo(user.email);
    const link = `https://academy.example/login/${stored?.loginToken}`;
    expect(mail?.source).toContain(`Log in at ${link}`);
    expect(mail?.source).toContain(`<a href="${link}">`);
  });

  it("sends the same mail when it runs twice, with the same link", async () => {
    const user = await createUser({ email: "twice@academy.example" });
    mailServer.greylisted.push(user.email);

    await SendWelcomeEmail.call(user);
    const [first] = await database.select().from(users);
    await SendWelcomeEmail.call(user);

    expect(await database.select().from(users)).toEqual([first]);
    expect(mailServer.mailTo(user.email)).toHaveLength(1);
    expect(mailServer.duplicates).toMatchObject([
      { to: user.email, id: `<welcome-${user.id}@academy.example>` },
    ]);
  });

  it("comes again where the mail server asks for that", async () => {
    const user = await createUser({ email: "greylisted@academy.example" });

    await performEnqueuedJobs(() => SendWelcomeEmail.defer(user));

    expect(mailServer.mailTo(user.email)).toHaveLength(1);
  });
});
