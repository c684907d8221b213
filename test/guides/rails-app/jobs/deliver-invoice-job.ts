import { deliver, note, SmtpBusyError, type Order } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class DeliverInvoiceJob extends ApplicationJob {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "1 second", attempts: 2 });
    this.afterDiscard((job, error) => note(`support: ${job.className}: ${String(error)}`));
  }

  async perform(order: Order, { copyTo }: { copyTo?: string } = {}) {
    await deliver(`invoice ${order.id}`, ["customer", ...(copyTo ? [copyTo] : [])].join(" and "));
  }
}
