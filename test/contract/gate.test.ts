/** The gates that exist, held to the contract. */

import { createGates } from "../../src/gates/command-gate.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createMask } from "../../src/lib/mask.ts";
import { secretsOf } from "../../src/lib/secret-variables.ts";
import { gateContract, gateSecrets } from "./gate.ts";

// Without what the caller's own environment may say of CI and TERM.
const { CI: _ci, TERM: _term, ...env } = process.env;

const mask = createMask(secretsOf(gateSecrets));

gateContract("command", () =>
  createGates({ clock: systemClock, graceMs: 300, env: { ...env, ...gateSecrets }, mask }),
);
