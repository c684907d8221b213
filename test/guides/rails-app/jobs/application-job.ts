import { DeserializationError, errorKinds, Job } from "mandate";

export abstract class ApplicationJob extends Job {
  static {
    this.retryOn(errorKinds.deadlock, { wait: "1 second", attempts: 10 });
    this.discardOn(DeserializationError);
  }
}
