/** The gates that exist, held to the contract. */

import { createGates } from "../../src/gates/command-gate.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { gateContract } from "./gate.ts";

// Without what the caller's own environment may say of CI and TERM.
const { CI: _ci, TERM: _term, ...env } = process.env;

gateContract("command", () => createGates({ clock: systemClock, graceMs: 300, env }));
