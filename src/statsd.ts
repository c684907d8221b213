export {
  startStatsd,
  type StatsdClient,
  type StatsdOptions,
} from "./instrumentation/statsd/start-statsd.ts";
