import { Command } from "mandate";

class CreateInvoice extends Command.initializeWith((orderId: number) => ({ orderId })) {
  static override readonly commandName = "Invoice::Create"; // the class's name in Ruby
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }

  call() {
    // Runs in Ruby, or here: whichever worker serves the queue.
  }
}

const job = await CreateInvoice.defer(7); // Invoice::Create.new(7).call, in Rails
console.log(job.record["wrapped"], job.className);

// Output: MandateJob Invoice::Create
