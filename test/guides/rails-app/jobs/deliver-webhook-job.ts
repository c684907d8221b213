import { errorKinds, Job, retryAfter } from "mandate";
import { note, request } from "../application.ts";

const clientErrors = errorKinds.httpStatus(400, 401, 403, 404, 410, 422);
const tooMany = errorKinds.httpStatus(429);

export class DeliverWebhookJob extends Job {
  static {
    this.queueAs("webhooks");
    this.retry(8);
    this.tags("webhook");
    this.retryIn((count, error) => {
      if (clientErrors(error)) return "kill"; // it will not get better
      return tooMany(error) ? retryAfter(error) : 15 * 2 ** count;
    });
    this.retriesExhausted((job) => note(`disabled ${String(job.arguments[0])}`));
  }

  async perform(url: string, _event: object) {
    const response = await request(url);
    if (!response.ok) throw new Error(`Answered ${response.status}`, { cause: response });
  }
}
