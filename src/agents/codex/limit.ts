/** Why a turn failed, and whether a limit was the cause. Pure. */

import { z } from "zod";
import type { Limit, QuotaUse } from "../../domain/agent.ts";
import { fullestQuota } from "../../domain/fullness.ts";
import type { Instant } from "../../domain/id.ts";
import { durationText } from "../../domain/view-duration.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { TurnEnd } from "../driver.ts";
import { readResetTime } from "../reset-time.ts";

/** A kind by its name, or by a name with the HTTP status. */
const errorInfo = z.union([
  z.string(),
  z.record(z.string(), z.object({ httpStatusCode: z.number().nullish() }).catch({})),
]);

export const turnError = z.object({
  message: z.string(),
  codexErrorInfo: errorInfo.nullish().catch(null),
  additionalDetails: z.string().nullish().catch(null),
});

export type TurnError = z.infer<typeof turnError>;

const window = z
  .object({
    usedPercent: z.number(),
    resetsAt: z.number().nullish(),
    windowDurationMins: z.number().nullish(),
  })
  .nullish()
  .catch(null);

/** Of `account/rateLimits/updated`: what it leaves out is not said, and not over. */
export const rateLimits = z.object({ primary: window, secondary: window });

export interface LimitWindows {
  readonly primary?: LimitWindow | null;
  readonly secondary?: LimitWindow | null;
}

/** `resetsAt`: seconds since 1970. */
interface LimitWindow {
  readonly usedPercent: number;
  readonly resetsAt?: number | null | undefined;
  readonly windowDurationMins?: number | null | undefined;
}

export interface LimitParts {
  readonly windows: LimitWindows;
  readonly at: Instant;
  /** Of the clock that codex reads. */
  readonly zone: string;
}

/** `null`: it failed for another reason. */
export function limitOf(error: TurnError, parts: LimitParts): Limit | null {
  const kind = kindOf(error);
  if (kind === null) return null;
  const until = kind === "billing" ? null : untilOf(error, kind, parts);
  return { kind, until, says: plainLine(error.message) };
}

/** Of the fullest window; `null`: none was told. */
export function quotaOf({ primary, secondary }: LimitWindows): QuotaUse | null {
  const quotas = [primary, secondary].flatMap((each): QuotaUse[] => {
    if (!each) return [];
    const { usedPercent: percent, resetsAt, windowDurationMins: minutes } = each;
    const length = minutes ? `${durationText(minutes * 60_000)} ` : "";
    return [{ percent, resetsAt: resetsAt ? resetsAt * 1000 : null, by: `codex's ${length}limit` }];
  });
  return fullestQuota(quotas);
}

/** One line, with the next step where a person has to take one. */
export function failureOf(error: TurnError): Extract<TurnEnd, { readonly result: "failed" }> {
  const says = plainLine(error.message.split("\n")[0] ?? "");
  const info = error.codexErrorInfo;
  const status = statusOf(error);
  if (info === "unauthorized" || status === 401 || status === 403) {
    const why = `${says}. Run \`codex login\`, or look at the key of its model provider`;
    return { result: "failed", why, isBroken: true };
  }
  if (info === "modelNotFound") {
    const why = `${says} Name another model with \`args: [-m, MODEL]\``;
    return { result: "failed", why, isBroken: true };
  }
  return { result: "failed", why: says };
}

/** What a request that is being repeated failed with. */
export function sayRetry(error: TurnError): string {
  const details = plainLine(error.additionalDetails ?? "");
  return plainLine(details === "" ? error.message : `${error.message}: ${details}`);
}

function kindOf(error: TurnError): Limit["kind"] | null {
  switch (error.codexErrorInfo) {
    case "usageLimitExceeded": {
      // Both have this name. A plan that is used up also offers more credits.
      return /quota exceeded|billing|out of credits/i.test(error.message) ? "billing" : "usage";
    }
    case "rateLimitExceeded":
      return "rate";
    case "serverOverloaded":
    case "flexUnavailable":
    case "policyCapacityUnavailable":
      return "overload";
  }
  switch (statusOf(error)) {
    case 429:
      return "rate";
    case 503:
    case 529:
      return "overload";
    default:
      return null;
  }
}

function untilOf(
  { message, additionalDetails }: TurnError,
  kind: Limit["kind"],
  { windows, at, zone }: LimitParts,
): Instant | null {
  const told = kind === "usage" ? resetOf(windows, at) : null;
  const words = additionalDetails ? `${message}\n${additionalDetails}` : message;
  return told ?? readResetTime(words, at, zone);
}

/** When the last of the windows that are used up begins anew. */
function resetOf({ primary, secondary }: LimitWindows, at: Instant): Instant | null {
  const resets = [primary, secondary].flatMap((each) =>
    each && each.usedPercent >= 100 && each.resetsAt ? each.resetsAt * 1000 : [],
  );
  const latest = Math.max(...resets);
  return latest > at ? latest : null;
}

function statusOf({ codexErrorInfo: info }: TurnError): number | null {
  if (info === null || info === undefined || typeof info === "string") return null;
  return Object.values(info)[0]?.httpStatusCode ?? null;
}
