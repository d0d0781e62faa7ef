/**
 * As `Promise.all`, but a rejection comes when all have ended: nothing goes on behind the back of
 * whoever catches it. With the first of the reasons, in the order of the list.
 */
export async function allEnded<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [Each in keyof Work]: Awaited<Work[Each]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
