import { Command, globalId } from "mandate";
import { startWorker } from "mandate/worker";

class User {
  readonly id: number;
  readonly name: string;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }
}
const users = new Map([[1, new User(1, "Ada")]]);
const user = new User(1, "Ada");

globalId.register(User, { find: (id) => users.get(Number(id)) });

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
