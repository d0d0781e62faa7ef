/** The checks of the doctor that are about temoin's tools for agents. */

import type { Config } from "../config/config.ts";
import type { ToolRole } from "../domain/rights.ts";
import type { Context } from "./context.ts";
import type { Check } from "./doctor.ts";
import { hasTools, serverCheck, toolsCheck } from "./tools-check.ts";

/** Their server is started and asked, for each role that an agent of the configuration can have. */
export async function checkTools(
  context: Context,
  { agents, conductor }: Config,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const given = agents.filter(hasTools);
  const conducts = given.some(({ name }) => conductor?.order.includes(name));
  const roles: readonly ToolRole[] = conducts ? ["worker", "conductor"] : ["worker"];
  const looks =
    given.length === 0
      ? []
      : await Promise.all(
          roles.map(async (role) => ({ role, look: await context.lookAtTools(role, signal) })),
        );
  return [...(looks.length === 0 ? [] : [serverCheck(looks)]), ...agents.map(toolsCheck)];
}
