import { Job, retryAfter } from "mandate";
import { request } from "../application.ts";

export class SyncCrmContactJob extends Job {
  static {
    this.queueAs("external");
  }

  async perform(contactId: number) {
    const response = await request(`/contacts/${contactId}`);
    if (response.status === 429) this.requeueJob(retryAfter(response));
    if (!response.ok) throw new Error(`CRM answered ${response.status}`);
  }
}
