import { MandateError } from "../support/errors.ts";

/** The program was told something that it cannot do. Its exit code is 2. */
export class UsageError extends MandateError {
  static {
    this.named("UsageError");
  }

  readonly code = "MANDATE_USAGE";
}

export const WORKER_HELP = `Usage: mandate worker [options]

Runs jobs until told to stop.

Options:
  -r, --require PATH         commands to load: file, folder or glob; repeatable
  -q, --queue NAME[,WEIGHT]  serve this queue; repeatable; in this order, or by
                             weight (default: every queue, in random order)
  -c, --concurrency N        jobs at the same time, in each process
                             (default: 10)
  -t, --timeout DURATION     how long running jobs may go on when told to stop
                             (default: 25s)
  -e, --environment NAME     environment (default: NODE_ENV, APP_ENV, RAILS_ENV
                             or "development")
  -C, --config FILE          Sidekiq's or Solid Queue's YAML file, or a module
                             that exports its configuration (default:
                             mandate.config.ts or .js)
      --processes N          start N processes, and another for each that dies
      --url URL              where the jobs are: redis://…, postgres://… or
                             sqlite:FILE (default: MANDATE_URL or REDIS_URL)
      --redis-url URL        the same, of Redis alone
      --recurring FILE       recurring jobs as Solid Queue, sidekiq-cron or
                             sidekiq-scheduler write them; repeatable
      --recurring-beside-ruby
                             also those that Ruby schedules in the same Redis
  -g, --tag TAG              what operators see beside the worker's identity
      --health PORT|FILE     answer /live, /ready and /metrics on a port, or
                             touch a file while live
      --health-timeout DURATION
                             live means: the store answered within this time
                             (default: 60s)
  -v, --verbose              log at level "debug"
  -V, --version              show the version
  -h, --help                 show this

Signals:
  TERM, INT   stop: fetch no more, let running jobs end, give back those that
              do not end in time
  INT again   end at once; its jobs are given to others when its lease runs out
  TSTP        become quiet: fetch no more, let running jobs end, stay
  TTIN        log what runs

Exit codes:
  0  stopped as told
  1  failed
  2  wrong usage
`;
