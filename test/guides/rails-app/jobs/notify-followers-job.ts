import { performAllLater } from "mandate";
import type { User } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";
import { PushNotificationJob } from "./push-notification-job.ts";

export class NotifyFollowersJob extends ApplicationJob {
  async perform(user: User, text: string) {
    const push = PushNotificationJob.set({ queue: "push" });
    await performAllLater(user.devices.map((token) => push.prepare(token, text)));
  }
}
