export {
  startOpenTelemetry,
  type OpenTelemetryOptions,
} from "./instrumentation/opentelemetry/start-opentelemetry.ts";
