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
