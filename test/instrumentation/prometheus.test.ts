import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "mandate";
import {
  startPrometheus,
  type PrometheusMetrics,
  type PrometheusOptions,
} from "mandate/prometheus";
import { register, Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { cancelRun } from "../../src/job/inside/cancellation.ts";
import { runningJob } from "../../src/job/surroundings/current-job.ts";
import { channels } from "../../src/job/observe/events.ts";
import type { JobRun } from "../../src/job/inside/job-run.ts";
import { Rig } from "../job/rig.ts";

class Greet extends Command {
  call(): void {}
}

class Print extends Command {
  static {
    this.retryIn(() => 60);
  }
  call(): void {
    throw new Error("out of paper");
  }
}

function started(options: PrometheusOptions = {}): PrometheusMetrics {
  const metrics = startPrometheus({ registry: new Registry(), ...options });
  onTestFinished(() => metrics.stop());
  return metrics;
}

/** What Prometheus gets, over HTTP: values by name and labels. */
async function scrape(metrics: PrometheusMetrics): Promise<Record<string, number>> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", metrics.contentType);
    void metrics.text().then((text) => response.end(text));
  }).listen(0);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("mandate"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe("startPrometheus", () => {
  it("shows what waits, how long, and how late", async () => {
    const rig = new Rig();
    const metrics = started();
    await Greet.set({ queue: "mailers" }).defer();
    await Greet.set({ queue: "mailers" }).defer();
    await Greet.set({ wait: 10 }).defer();
    rig.elapse(30);

    expect(await scrape(metrics)).toMatchObject({
      'mandate_queue_depth{queue="mailers"}': 2,
      'mandate_queue_latency_seconds{queue="mailers"}': expect.closeTo(30, 2) as number,
      'mandate_set_size{set="scheduled"}': 1,
      'mandate_set_size{set="retry"}': 0,
      'mandate_set_lateness_seconds{set="scheduled"}': expect.closeTo(20, 2) as number,
      'mandate_set_lateness_seconds{set="retry"}': 0,
      mandate_processes: 0,
      mandate_busy: 0,
      mandate_fetched_ahead: 0,
    });
  });

  it("shows a queue no longer that is gone", async () => {
    const rig = new Rig();
    const metrics = started();
    await Greet.set({ queue: "mailers" }).defer();
    await scrape(metrics);

    await rig.adapter.store.clear({ queue: "mailers" });

    expect(Object.keys(await scrape(metrics))).not.toContain(
      'mandate_queue_depth{queue="mailers"}',
    );
  });

  it("counts duplicates by command, and not as enqueued", async () => {
    new Rig();
    const metrics = started();
    class Once extends Command {
      static {
        this.unique();
      }
      call(): void {}
    }
    await Once.defer();

    await Once.defer();

    expect(await scrape(metrics)).toMatchObject({
      'mandate_jobs_enqueued_total{command="Once"}': 1,
      'mandate_jobs_duplicate_total{command="Once"}': 1,
    });
  });

  it("counts runs by command and outcome, and how long they took and waited", async () => {
    const rig = new Rig();
    const metrics = started();
    await Greet.defer();
    await Greet.defer();
    await Print.defer();
    rig.elapse(4);

    await rig.work();

    expect(await scrape(metrics)).toMatchObject({
      'mandate_jobs_enqueued_total{command="Greet"}': 2,
      'mandate_runs_total{command="Greet",outcome="done"}': 2,
      'mandate_runs_total{command="Print",outcome="retry"}': 1,
      'mandate_run_seconds_count{command="Greet"}': 2,
      'mandate_run_seconds_bucket{le="1",command="Greet"}': 2,
      'mandate_wait_seconds_bucket{le="2.5",queue="default"}': 0,
      'mandate_wait_seconds_bucket{le="5",queue="default"}': 3,
    });
  });

  it("does not take the time of a run that was put off, or cancelled, for a command's", async () => {
    const rig = new Rig();
    const metrics = started();
    class Poll extends Command.initializeWith((cancelled: boolean) => ({ cancelled })) {
      call(): void {
        if (this.cancelled) cancelRun((runningJob() as JobRun).fetched);
        this.requeueJob(60);
      }
    }
    await Poll.defer(false);
    await Poll.defer(true);

    await rig.run();
    await rig.run();

    const scraped = await scrape(metrics);
    expect(scraped).toMatchObject({
      'mandate_runs_total{command="Poll",outcome="requeue"}': 1,
      'mandate_runs_total{command="Poll",outcome="cancel"}': 1,
    });
    expect(Object.keys(scraped)).not.toContain('mandate_run_seconds_count{command="Poll"}');
  });

  it("counts a job whose time was over by that outcome, with no time of its command", async () => {
    const rig = new Rig();
    const metrics = started();
    await Greet.set({ expiresIn: 5 }).defer();
    rig.elapse(6);

    await rig.run();

    const scraped = await scrape(metrics);
    expect(scraped).toMatchObject({ 'mandate_runs_total{command="Greet",outcome="expire"}': 1 });
    expect(Object.keys(scraped)).not.toContain('mandate_run_seconds_count{command="Greet"}');
  });

  it("shows how late jobs were promoted, and how many were taken back", async () => {
    new Rig();
    const metrics = started();
    channels.promote.publish({ count: 3, lateness: 0.02 });
    channels.promote.publish({ count: 1, lateness: undefined });
    channels.limit.publish({ jid: "1", queue: "bulk", limit: "limit stripe:42" });
    channels.limit.publish({ jid: "2", queue: "bulk", limit: "limit stripe:42" });
    channels.unlimit.publish({ jid: "1", queue: "bulk", limit: "limit stripe:42" });
    channels.recover.publish({ identity: "dead", recovered: 4, buried: [] });
    channels.batch.publish({ batch: "b", what: "success" });

    expect(await scrape(metrics)).toMatchObject({
      'mandate_batches_total{event="success"}': 1,
      'mandate_lateness_seconds_bucket{le="0.005"}': 0,
      'mandate_lateness_seconds_bucket{le="0.025"}': 1,
      mandate_lateness_seconds_count: 1,
      'mandate_jobs_limited_total{queue="bulk"}': 2,
      'mandate_jobs_unlimited_total{queue="bulk"}': 1,
      mandate_jobs_recovered_total: 4,
    });
  });

  it("tells no more names apart than it was told", async () => {
    const rig = new Rig();
    const metrics = started({ maxNames: 1 });
    await Greet.set({ queue: "a" }).defer();
    await rig.run();
    await Print.set({ queue: "b" }).defer();
    await rig.run();

    const scraped = await scrape(metrics);

    expect(scraped).toMatchObject({
      'mandate_runs_total{command="other",outcome="retry"}': 1,
      'mandate_wait_seconds_count{queue="other"}': 1,
    });
    expect(Object.keys(scraped).filter((name) => name.includes('queue="b"'))).toEqual([]);
  });

  it("shows how long the event loop was held, since the last scrape", async () => {
    new Rig();
    const metrics = started();
    const longest = async (): Promise<number | undefined> => {
      await sleep(50);
      return (await scrape(metrics))['mandate_event_loop_delay_seconds{quantile="1"}'];
    };
    const longestWhileHeld = (): Promise<number | undefined> => {
      const end = performance.now() + 300;
      while (performance.now() < end);
      return longest();
    };

    // Node measures from its second timer on, and on a busy machine that comes when it comes.
    await expect.poll(longestWhileHeld, { timeout: 10_000 }).toBeGreaterThan(0.2);
    await expect.poll(longest, { timeout: 10_000 }).toBeLessThan(0.2);
  });

  it("shows the rest, and says so, where the store does not answer", async () => {
    const rig = new Rig();
    const metrics = started();
    await Greet.defer();
    await scrape(metrics);
    rig.adapter.store.workers = () => Promise.reject(new Error("no answer"));

    const scraped = await scrape(metrics);

    expect(scraped).toMatchObject({ 'mandate_jobs_enqueued_total{command="Greet"}': 1 });
    expect(Object.keys(scraped)).not.toContain("mandate_processes");
    expect(rig.log.troubles).toContain("Could not read the store for a scrape");
  });

  it("adds to the registry that an application has already, once", async () => {
    new Rig();
    const metrics = startPrometheus();
    onTestFinished(() => metrics.stop());

    expect(metrics.registry).toBe(register);
    expect(startPrometheus({ maxNames: 5 })).toBe(metrics);
  });

  it("leaves a registry as it was", async () => {
    const registry = new Registry();
    const metrics = startPrometheus({ registry });

    metrics.stop();

    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(startPrometheus({ registry })).not.toBe(metrics);
    startPrometheus({ registry }).stop();
  });

  it.each<[object, string]>([
    [{ register }, 'Cannot use option "register" in startPrometheus: there is no such option.'],
    [{ maxNames: 0.5 }, "Cannot use 0.5 as maxNames of startPrometheus: give an integer"],
  ])("refuses an option that it cannot use", (options, message) => {
    expect(() => startPrometheus(options as PrometheusOptions)).toThrow(message);
  });
});
