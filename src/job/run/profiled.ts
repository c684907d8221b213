import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Outcome } from "../../adapters/adapter.ts";
import { PROFILE_BYTES } from "../../adapters/job-notes.ts";
import { clock, setLongTimeout } from "../../support/clock.ts";
import { CpuRecording, type CpuProfile } from "../../support/cpu-profile.ts";
import { shared } from "../../support/shared-state.ts";
import type { JobRun } from "../inside/job-run.ts";

/** Seconds of a run that are recorded: 300,000 samples. */
const LONGEST = 300;
/** Each samples the whole thread, and slows it down a little. */
const MOST = 4;

const recordings = shared("cpu-recordings", () => ({ count: 0 }));

const compress = promisify(gzip);

/** A promise only where something had to be awaited. */
export type Ending = Outcome | Promise<Outcome>;

type Attempt = (run: JobRun) => Ending;

/**
 * Runs a job, and where its record asks for it keeps a profile of what the thread did meanwhile,
 * however the run ends. What keeps that from happening is logged, and nothing to the job.
 */
export function profiledIfAsked(run: JobRun, attempt: Attempt): Ending {
  const { profile } = run.record;
  // Anybody may have written it.
  return typeof profile === "string" && profile !== "" ? profiled(run, attempt) : attempt(run);
}

async function profiled(run: JobRun, attempt: Attempt): Promise<Outcome> {
  const recording = await startRecording(run);
  if (recording === undefined) {
    return attempt(run);
  }
  const [startedAt, began] = [clock.now(), clock.monotonic()];
  const cancel = setLongTimeout(
    () => {
      recording.stop();
      run.log("info", {}, `Profiled the first ${LONGEST} s of ${run.className}, which goes on`);
    },
    LONGEST,
    { unref: true },
  );
  try {
    const outcome = await attempt(run);
    const seconds = clock.monotonic() - began;
    const profile = recording.stop();
    await keep(run, { profile, startedAt, seconds });
    return outcome;
  } finally {
    cancel();
    recordings.count -= 1;
  }
}

async function startRecording(run: JobRun): Promise<CpuRecording | undefined> {
  if (recordings.count >= MOST) {
    run.log("warn", {}, `Runs ${run.className} without a profile: ${MOST} are being recorded here`);
    return undefined;
  }
  recordings.count += 1;
  try {
    return await CpuRecording.start();
  } catch (error) {
    recordings.count -= 1;
    run.log(
      "warn",
      { err: error },
      `Runs ${run.className} without a profile: there is no inspector`,
    );
    return undefined;
  }
}

interface Recorded {
  readonly profile: CpuProfile;
  readonly startedAt: number;
  readonly seconds: number;
}

/** Never rejects. */
async function keep(run: JobRun, { profile, startedAt, seconds }: Recorded): Promise<void> {
  const { className, record, environment } = run;
  try {
    const data = await compress(JSON.stringify(profile));
    if (data.length > PROFILE_BYTES) {
      const sizes = `${data.length} bytes, and ${PROFILE_BYTES} are kept at most`;
      run.log("warn", {}, `Dropped the profile of ${className}: it has ${sizes}`);
      return;
    }
    const { jid, profile: name = "" } = record;
    const noted = { name, jid, className, startedAt, seconds, format: "cpuprofile" } as const;
    await environment.adapter.notes.writeProfile({ ...noted, data });
    run.log("info", {}, `Kept a profile of ${className}: ${name}-${jid}`);
  } catch (error) {
    run.log("warn", { err: error }, `Could not keep the profile of ${className}`);
  }
}
