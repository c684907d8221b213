import { Job } from "mandate";
import { failIf, note } from "../application.ts";

export class ChargeSubscriptionJob extends Job {
  static {
    this.queueAs("billing");
    this.retry(0);
    this.tags("billing");
  }

  perform(subscriptionId: number) {
    failIf("charge");
    note(`charged ${subscriptionId}`);
  }
}
