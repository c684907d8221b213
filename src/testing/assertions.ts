import { checkFunction, checkInteger } from "../job/checks/checks.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { optionsAndBlock, type Block } from "./block-arguments.ts";
import { JobPattern, type ExpectedJob } from "./expected-job.ts";
import { JobFilter, type CountOptions } from "./job-filter.ts";
import type { TestedClass } from "./tested-class.ts";
import { assertPasses, type Verdict } from "./verdict.ts";

/** An assertion that there is a job: its name, and how it judges. */
export interface JobAssertion {
  readonly name: string;
  readonly judge: (pattern: JobPattern, block: Block | undefined) => Promise<Verdict>;
}

export async function assertJob<
  Command extends TestedClass | string,
  Job extends TestedClass | string,
>(
  expected: ExpectedJob<Command, Job>,
  block: Block | undefined,
  { name, judge }: JobAssertion,
): Promise<JobHandle> {
  const verdict = await verdictOn(expected, block, { name, judge });
  assertPasses(verdict, name);
  return verdict.job as JobHandle;
}

export async function assertNoJob(
  expected: object,
  block: Block | undefined,
  assertion: JobAssertion,
): Promise<void> {
  const verdict = await verdictOn(expected, block, assertion);
  assertPasses({ ...verdict, pass: !verdict.pass }, assertion.name);
}

function verdictOn(
  expected: object,
  block: Block | undefined,
  { name, judge }: JobAssertion,
): Promise<Verdict> {
  const pattern = new JobPattern(expected, name);
  if (block !== undefined) checkFunction(block, name);
  return judge(pattern, block);
}

/** An assertion how many jobs there are: its name, what it was called with, and how it judges. */
export interface CountAssertion {
  readonly name: string;
  readonly optionsOrBlock: CountOptions | Block | undefined;
  readonly block?: Block | undefined;
  readonly judge: (
    count: number,
    filter: JobFilter,
    given: { readonly options: CountOptions; readonly block: Block | undefined },
  ) => Promise<Verdict>;
}

export async function assertCount(count: number, assertion: CountAssertion): Promise<void> {
  const { name, judge } = assertion;
  const given = optionsAndBlock(assertion.optionsOrBlock, assertion.block, name);
  checkInteger(count, `the number of jobs of ${name}`, 0);
  const filter = new JobFilter(given.options, name);
  assertPasses(await judge(count, filter, given), name);
}
