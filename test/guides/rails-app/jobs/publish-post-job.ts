import { posts } from "../application.ts";
import { ApplicationJob } from "./application-job.ts";

export class PublishPostJob extends ApplicationJob {
  perform(postId: number, version: number) {
    const post = posts.get(postId);
    if (post?.version === version) post.isPublished = true; // else edited since: there is another job
  }
}
