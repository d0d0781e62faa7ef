/** What the steps of a turn have used, of which a transcript may tell one several times. Pure. */

export interface StepUse {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

export interface TurnUse {
  /** The last steps by their ids: of each counts what was told last. */
  readonly steps: ReadonlyMap<string, StepUse>;
  /** Of all steps before these. */
  readonly earlier: StepUse;
}

const none: StepUse = { input: 0, cached: 0, output: 0 };

export const emptyTurnUse: TurnUse = { steps: new Map(), earlier: none };

/** A step is told again before so many others (chosen): an agent may write as many as it likes. */
const mostSteps = 100;

export function withStep({ steps, earlier }: TurnUse, id: string, step: StepUse): TurnUse {
  const all = new Map([...steps, [id, step]]);
  const [first] = all;
  if (first === undefined || all.size <= mostSteps) return { steps: all, earlier };
  all.delete(first[0]);
  return { steps: all, earlier: plus(earlier, first[1]) };
}

/** Of all steps of the turn so far. */
export function sumOf({ steps, earlier }: TurnUse): StepUse {
  return [...steps.values()].reduce(plus, earlier);
}

function plus(a: StepUse, b: StepUse): StepUse {
  return { input: a.input + b.input, cached: a.cached + b.cached, output: a.output + b.output };
}
