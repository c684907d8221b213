import { Command, errorKinds, globalId } from "mandate";
import { startWorker } from "mandate/worker";

type User = { id: number; name: string; email: string };
const ada: User = { id: 1, name: "Ada", email: "ada@example.org" };
const users = new Map([["1", ada]]); // stands for a database

// Users travel as gid://app/User/1. A worker looks them up when it runs the job.
globalId.register<User>("User", {
  find: (id) => users.get(id),
  is: (row) => "email" in row,
});

class SendWelcomeEmail extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("mailers");
    this.retryOn(errorKinds.connection, { wait: "10 seconds", attempts: 5 });
  }

  call() {
    console.log(`To ${this.user.email}: welcome, ${this.user.name}!`);
  }
}

class PublishProfile extends Command.initializeWith((user: User) => ({ user })) {
  call() {
    console.log(`${this.user.name} is online`);
  }
}

PublishProfile.call(ada); // now, in this process
const mail = await SendWelcomeEmail.defer(ada, { wait: "1 second" }); // in a worker, a second later
await PublishProfile.defer(ada, { prereqJobs: [mail] }); // in a worker, once the mail is sent

const worker = await startWorker({ queues: ["mailers", "default"] });
await worker.drain(); // works until nothing waits, and stops

// Output: Ada is online
// Output: To ada@example.org: welcome, Ada!
// Output: Ada is online
