import { shared } from "../support/shared-state.ts";

/** Where a run is. */
export interface Whereabouts {
  readonly className: string;
  /** The step's name, behind those of the steps around it: "outer/inner". */
  readonly step: string;
  readonly cursor: unknown;
}

/** Whether a run is to be interrupted there. */
type Asking = (at: Whereabouts) => boolean;

const state = shared("asked-interruptions", () => ({ asking: undefined as Asking | undefined }));

/** Whether a test wants runs to be interrupted there. */
export function isAskedFor(at: Whereabouts): boolean {
  return state.asking?.(at) === true;
}

/** Has runs interrupted there, while `work` goes on. */
export async function askingFor<Output>(
  asking: Asking,
  work: () => Output,
): Promise<Awaited<Output>> {
  const before = state.asking;
  state.asking = (at) => asking(at) || before?.(at) === true;
  try {
    return await work();
  } finally {
    state.asking = before;
  }
}
