import { Command, globalId } from "mandate";
import { startWorker } from "mandate/worker";

interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}
const user: User = { id: 1, email: "ada@example.org", name: "Ada" };
const users = new Map([[user.id, { ...user }]]);

class SmtpBusyError extends Error {}

class Mailer {
  #isBusy = true;

  async deliver(text: string) {
    if (this.#isBusy) {
      this.#isBusy = false;
      throw new SmtpBusyError("come again");
    }
    console.log(text);
  }
}
const mailer = new Mailer();

globalId.register<User>("User", {
  find: (id) => users.get(Number(id)), // such as a query
  is: (row) => "email" in row, // which rows are users: those travel by reference
});

export class SendWelcomeEmail extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: 0.01, attempts: 5 });
  }

  async call() {
    await mailer.deliver(`Welcome, ${this.user.name}!`);
  }
}

export class PublishProfile extends Command.initializeWith((user: User) => ({ user })) {
  call() {
    console.log(`${this.user.name} is online.`);
  }
}

PublishProfile.call(user); // now
const job = await SendWelcomeEmail.defer(user); // in a worker, as gid://app/User/1
await PublishProfile.defer(user, { prereqJobs: [job] }); // once that job is done

const worker = await startWorker({ queues: ["mailers", "default"] });
await worker.drain();

// Output: Ada is online.
// Output: Welcome, Ada!
// Output: Ada is online.
