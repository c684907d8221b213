import type { Adapter } from "mandate";
import { Visitor } from "./visitor.ts";

/** One address of each page, over a store that `fillStore` has filled. */
export async function everyPage(adapter: Adapter): Promise<readonly string[]> {
  const visitor = new Visitor();
  const { jobs } = await visitor.json<{ jobs: { jid: string }[] }>("/jobs?place=dead");
  const { batches } = await visitor.json<{ batches: { id: string }[] }>("/batches");
  return [
    "/",
    "/queues",
    "/queues/q?name=sync",
    "/jobs",
    "/jobs?place=retry",
    `/jobs/j?jid=${jobs[0]?.jid}`,
    "/errors",
    ...(adapter.notes.readRuns === undefined ? [] : ["/commands"]),
    "/processes",
    "/jobs?place=blocked",
    "/recurring",
    "/recurring/r?key=nightly-sync",
    "/batches",
    `/batches/b?id=${batches[0]?.id}`,
    "/limits",
    "/health",
    "/profiles",
    "/audit",
    "/help",
    "/no-such-page",
  ];
}
