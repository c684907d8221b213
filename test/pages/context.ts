import { Command, configure, contextAttributes } from "mandate";
import { startWorker } from "mandate/worker";

const Current = contextAttributes<{ requestId: string; tenant: string }>("Current", {
  logged: ["requestId"], // log lines of jobs show it
});
configure({ contextAttributes: [Current] });

class CloseAccount extends Command.initializeWith((country: string) => ({ country })) {
  static {
    this.tags("billing", (country) => [`country:${country}`]); // operators search by them
  }

  async call() {
    const { requestId, tenant } = Current.attributes;
    console.log(`closes an account of ${tenant}, for request ${requestId}`);
    await SendFarewell.defer();
  }
}

class SendFarewell extends Command {
  call() {
    console.log(`says farewell, for request ${Current.attributes.requestId}`);
  }
}

const job = await Current.run({ requestId: "req-1" }, async () => {
  Current.set({ tenant: "acme" }); // once it is known
  return CloseAccount.defer("nl", { tags: ["by hand"] });
});
console.log(job.tags.join(", "));

const worker = await startWorker();
await worker.drain();

// Output: billing, country:nl, by hand
// Output: closes an account of acme, for request req-1
// Output: says farewell, for request req-1
