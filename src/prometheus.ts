export {
  startPrometheus,
  type PrometheusMetrics,
  type PrometheusOptions,
} from "./instrumentation/prometheus/start-prometheus.ts";
