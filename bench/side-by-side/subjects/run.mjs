// A subject in a process of its own: node run.mjs <subject>. Reads one JSON request a line, { method, options }, and answers each by
// one line: { value } or { error }. The same code times every subject written in JavaScript.
import { createInterface } from "node:readline";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

const { open, settings, version } = await import(`./${process.argv[2]}.mjs`);
let subject;

const TEXT = "about one hundred bytes of arguments";
const OPTIONS = { locale: "en", tags: ["a", "b"], force: false };
const argumentsOf = (id) => [id, TEXT, OPTIONS];
/** From 1 to 10 in turns. */
const priorityOf = (id) => ((7 * id) % 10) + 1;
/** Microseconds, of a clock that all processes share. */
const now = () => Number(process.hrtime.bigint() / 1_000n);
const nowMs = () => performance.timeOrigin + performance.now();

const methods = {
  describe: () => ({ version, settings }),
  async open(options) {
    subject = await open(options);
  },
  async close() {
    await subject.close();
    // A worker that is closed, and leaves sockets or timers behind, must not keep this alive.
    setTimeout(() => process.exit(0), 50);
  },

  /** @returns seconds of wall time and of this process's CPU. */
  async enqueue({ count, mode, inFlight = 100, size = 1000, queues = 0 }) {
    const clock = stopwatch();
    if (mode === "sequential") {
      for (let id = 0; id < count; id += 1) await subject.enqueueOne(argumentsOf(id));
    } else if (mode === "concurrent") {
      let next = 0;
      const line = async () => {
        while (next < count) await subject.enqueueOne(argumentsOf((next += 1)));
      };
      await Promise.all(Array.from({ length: inFlight }, line));
    } else {
      const enqueue = {
        bulk: subject.enqueueMany,
        over: (list) => subject.enqueueOver(list, queues),
        referring: subject.enqueueReferring,
        limited: subject.enqueueLimited,
        unique: subject.enqueueUnique,
        prioritised: (list) =>
          subject.enqueuePrioritised(list.map((args) => [args, priorityOf(args[0])])),
      }[queues > 0 ? "over" : mode];
      for (let first = 0; first < count; first += size) {
        const length = Math.min(size, count - first);
        await enqueue(Array.from({ length }, (_, at) => argumentsOf(first + at)));
      }
    }
    return clock();
  },

  /**
   * The first jobs wait until the worker has started in peace, threads and all; from then on to the last
   * acknowledgement.
   */
  async drain({ count, concurrency, ms = 0, queues = 0 }) {
    let started = 0;
    let isOpen = false;
    const { promise: allStarted, resolve } = withResolvers();
    const { promise: opened, resolve: open } = withResolvers();
    const work = () => (ms > 0 ? sleep(ms) : undefined);
    const run = () => {
      started += 1;
      if (started === count) resolve();
      return isOpen ? work() : opened.then(work);
    };
    const worker = await subject.startWorker({ concurrency, run, queues });
    await sleep(400);
    isOpen = true;
    const clock = stopwatch();
    open();
    await allStarted;
    while ((await worker.acknowledged()) < count) await turn();
    const result = clock();
    await worker.stop();
    return { ...result, peakKb: process.resourceUsage().maxRSS };
  },

  /** Jobs that are not run. */
  async park({ count, kind, size = 1000 }) {
    for (let first = 0; first < count; first += size) {
      const length = Math.min(size, count - first);
      const list = Array.from({ length }, (_, at) => argumentsOf(first + at));
      await subject.park(list, kind);
    }
  },

  /** Works off, together with other processes, what waits. All begin at `openAt`, in epoch milliseconds. */
  async share({ concurrency, openAt }) {
    const { promise: opened, resolve: open } = withResolvers();
    let isOpen = false;
    let clock = stopwatch();
    let result = clock();
    let runs = 0;
    const run = () => {
      if (!isOpen) return opened;
      runs += 1;
      if (runs % 50 === 0) result = clock();
      return undefined;
    };
    const worker = await subject.startWorker({ concurrency, run });
    await sleep(openAt - Date.now());
    isOpen = true;
    clock = stopwatch();
    result = clock();
    open();
    while (await worker.areWaiting()) await sleep(20);
    await worker.stop();
    return result;
  },

  /** On an idle worker. @returns milliseconds from the call that enqueues to the first line of the job, one by one. */
  async latency({ count, gapMs }) {
    let arrived;
    const run = ([sentAt]) => arrived((now() - sentAt) / 1000);
    const worker = await subject.startWorker({ concurrency: 10, run });
    await sleep(100);
    const latencies = [];
    for (let id = 0; id < count; id += 1) {
      const next = new Promise((resolve) => (arrived = resolve));
      await Promise.all([subject.enqueueOne(argumentsOf(now())), next]);
      latencies.push(await next);
      await sleep(gapMs * (0.5 + Math.random()));
    }
    await worker.stop();
    return { latencies };
  },

  /** The worker's half of latency under load: `count` jobs that another process enqueues by `produce`. */
  async receive({ count, concurrency }) {
    const latencies = [];
    const { promise: all, resolve } = withResolvers();
    const run = ([sentAt]) => {
      latencies.push((now() - sentAt) / 1000);
      if (latencies.length === count) resolve();
    };
    const worker = await subject.startWorker({ concurrency, run });
    await all;
    await worker.stop();
    return { latencies };
  },

  /** Enqueues `count` jobs at `rate` per second, what is due each millisecond together. */
  async produce({ count, rate }) {
    const began = now();
    let sent = 0;
    const pending = new Set();
    while (sent < count) {
      const due = Math.min(count, Math.floor(((now() - began) / 1e6) * rate));
      if (due > sent) {
        const list = Array.from({ length: Math.min(1000, due - sent) }, () => argumentsOf(now()));
        sent += list.length;
        const one = subject.enqueueMany(list).finally(() => pending.delete(one));
        pending.add(one);
      }
      await sleep(1);
    }
    await Promise.all(pending);
    return { seconds: (now() - began) / 1e6 };
  },

  /** `count` jobs due evenly over some seconds, while no-op jobs are drained. @returns how late each began, in milliseconds. */
  async scheduled({ count, seconds, waiting }) {
    if (waiting > 0) await methods.enqueue({ count: waiting, mode: "bulk" });
    const latencies = [];
    let drained = 0;
    const { promise: all, resolve } = withResolvers();
    const run = ([id]) => {
      if (id < 1e12) return void (drained += 1);
      latencies.push(nowMs() - id);
      if (latencies.length === count) resolve();
    };
    const first = Math.ceil(nowMs()) + 2000;
    const times = Array.from({ length: count }, (_, at) =>
      Math.round(first + (at * seconds * 1000) / count),
    );
    for (let at = 0; at < count; at += 100) {
      const some = times.slice(at, at + 100);
      await Promise.all(some.map((time) => subject.enqueueAt(argumentsOf(time), time)));
    }
    const worker = await subject.startWorker({ concurrency: 10, run, isTimed: true });
    await all;
    await worker.stop();
    return { latencies, drained };
  },
};

function stopwatch() {
  const start = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

function withResolvers() {
  let resolve;
  const promise = new Promise((give) => (resolve = give));
  return { promise, resolve };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { method, options } = JSON.parse(line);
  try {
    const value = await methods[method](options);
    process.stdout.write(`${JSON.stringify({ value: value ?? null })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error?.stack ?? error) })}\n`);
  }
}
