/*
 * One web request that defers a command that defers two others, traced, and printed as a collector gets it: OTLP in
 * JSON. Ids are counted, times are ranks, so that it prints the same each time.
 *
 * node --import tsx test/instrumentation/programs/trace-of-a-request.ts parent > docs/trace-of-a-request.json
 */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Command, configure, MemoryAdapter, silentLogger } from "mandate";
import { startOpenTelemetry } from "mandate/opentelemetry";
import { Worker } from "mandate/worker";

class ChargeCard extends Command.initializeWith((order: number) => ({ order })) {
  static {
    this.queueAs("payments");
  }
  call(): void {}
}

class SendReceipt extends Command.initializeWith((order: number) => ({ order })) {
  static {
    this.queueAs("mailers");
  }
  call(): void {}
}

class PlaceOrder extends Command.initializeWith((order: number) => ({ order })) {
  async call(): Promise<void> {
    await ChargeCard.defer(this.order);
    await SendReceipt.defer(this.order);
  }
}

/** In which order spans began and ended: a clock may say of two that they did at once. */
class Ranks implements SpanProcessor {
  readonly #moments: string[] = [];

  onStart(span: ReadableSpan): void {
    this.#moments.push(`start ${span.spanContext().spanId}`);
  }

  onEnd(span: ReadableSpan): void {
    this.#moments.push(`end ${span.spanContext().spanId}`);
  }

  timeOf(what: "start" | "end", spanId: string): string {
    const rank = this.#moments.indexOf(`${what} ${spanId}`);
    return `1800000000${`${rank}`.padStart(3, "0")}000000`;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

const ranks = new Ranks();
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "shop" }),
    spanProcessors: [ranks, new SimpleSpanProcessor(exporter)],
    idGenerator: counting(),
  }),
);
configure({ adapter: new MemoryAdapter({ logger: silentLogger }), logger: silentLogger });
startOpenTelemetry({ join: process.argv[2] === "link" ? "link" : "parent" });

await request();
await new Worker({ concurrency: 1, queues: ["default", "payments", "mailers"] }).drain();
const bytes = JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans());
console.log(JSON.stringify(withRanks(new TextDecoder().decode(bytes)), undefined, 2));

/** As an instrumented web server would trace it. */
async function request(): Promise<void> {
  const tracer = trace.getTracer("web");
  const server = createServer((_request, response) => {
    void tracer.startActiveSpan("POST /orders", { kind: SpanKind.SERVER }, async (span) => {
      await PlaceOrder.defer(1);
      span.end();
      response.end();
    });
  });
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/orders`, { method: "POST" });
  server.close();
  server.closeAllConnections();
}

function counting(): { generateTraceId(): string; generateSpanId(): string } {
  let traces = 0;
  let spans = 0;
  return {
    generateTraceId: () => (traces += 1).toString(16).padStart(32, "0"),
    generateSpanId: () => (spans += 1).toString(16).padStart(16, "0"),
  };
}

interface ShownSpan {
  spanId: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: unknown }[];
}

/** In the order in which they began, times a millisecond apart, and other ids and durations than there were. */
function withRanks(otlp: string): unknown {
  const jids = [...new Set(otlp.match(/\b[0-9a-f]{24}\b/g))];
  const counted = (jid: string): string => `${jids.indexOf(jid) + 1}`.padStart(24, "0");
  const request = JSON.parse(otlp.replaceAll(/\b[0-9a-f]{24}\b/g, counted)) as {
    resourceSpans: { scopeSpans: { spans: ShownSpan[] }[] }[];
  };
  const scopes = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
  const all = scopes.flatMap(({ spans }) => spans);
  for (const { spans } of scopes) {
    spans.sort((one, other) => one.spanId.localeCompare(other.spanId));
  }
  for (const span of all) {
    span.startTimeUnixNano = ranks.timeOf("start", span.spanId);
    span.endTimeUnixNano = ranks.timeOf("end", span.spanId);
    for (const attribute of span.attributes) {
      if (attribute.key === "mandate.job.latency") attribute.value = { doubleValue: 0.004 };
    }
  }
  return request;
}
