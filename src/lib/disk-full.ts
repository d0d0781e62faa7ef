/** A disk that takes nothing more, as the system and the programs that we start tell it. */

/** What was being done can be done again, unchanged, once there is room. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  const words = /No space left on device|Disk quota exceeded|Read-only file system/;
  return ["ENOSPC", "EDQUOT", "EROFS"].includes(code) || words.test(error.message);
}
