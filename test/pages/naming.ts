import { Command, MemoryAdapter, configure, registerCommands } from "mandate";
import { startWorker } from "mandate/worker";

const adapter = new MemoryAdapter();
configure({ adapter });

class SendReceipt extends Command.initializeWith((order: number) => ({ order })) {
  static override readonly commandName = "SendReceipt"; // whatever a build makes of the class's name
  static override readonly formerNames = ["MailReceipt"]; // jobs that wait under it run here

  call() {
    console.log(`receipt of order ${this.order}`);
  }
}

registerCommands(SendReceipt);
const jid = "0123456789abcdef01234567";
const record = { class: "MandateJob", args: ["MailReceipt", 1], jid, queue: "default" };
await adapter.enqueue([{ jid, queue: "default", payload: JSON.stringify(record) }]);
await SendReceipt.defer(2);

const worker = await startWorker();
await worker.drain();

// Output: receipt of order 1
// Output: receipt of order 2
