/** A refusal of the domain as the error that a face shows. */

import type { Refusal } from "../domain/refusal.ts";
import { AppError } from "../lib/app-error.ts";

export function refused(refusal: Refusal): AppError {
  return new AppError(refusal.code, refusal.refused, { hint: refusal.hint });
}
