/** @throws what `work` rejects with, or that it took longer than that. */
export async function inTime<Answer>(
  work: Promise<Answer>,
  { patienceMs, what = "answer" }: { readonly patienceMs: number; readonly what?: string },
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no ${what} for ${patienceMs / 1000} seconds`);
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * As `inTime`, of what may take longer: it is waited for as long as Postgres answers something
 * else.
 *
 * @param ask Asks for that, and rejects without an answer.
 * @throws what `work` or `ask` rejects with.
 */
export async function whileAnswered<Answer>(
  work: Promise<Answer>,
  { patienceMs, ask }: { readonly patienceMs: number; readonly ask: () => Promise<unknown> },
): Promise<Answer> {
  const ended = work.then(() => true);
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), patienceMs);
    });
    try {
      if (await Promise.race([ended, late])) return await work;
    } finally {
      clearTimeout(timer);
    }
    await ask();
  }
}
