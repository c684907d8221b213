import { failIf, note, PaymentsUnavailableError, type Money, type Order } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class RefundOrderJob extends ApplicationJob {
  static {
    this.retryOn(PaymentsUnavailableError, { wait: "1 second", attempts: 3 }, (job) => {
      (job.arguments[0] as Order).state = "refund failed";
    });
  }

  perform(order: Order, amount: Money) {
    failIf("refund");
    note(`refunded ${amount.cents} ${amount.currency}`);
    order.state = "refunded";
  }
}
