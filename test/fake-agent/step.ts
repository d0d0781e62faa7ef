/**
 * The form of a step: its name and its arguments, checked against the fields that its kind has.
 */

/** The script is wrong; the message is a clause, without the full stop. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

/** Where the agent stands: the environment tells it, or the prompts do. */
export interface Place {
  readonly task: string;
  readonly attempt: string;
  readonly turn: string;
}

export type Value = string | number | boolean | readonly string[];

export interface Step {
  readonly kind: string;
  /** Checked against the fields of its kind. */
  readonly args: Readonly<Record<string, Value>>;
}

type FieldType = "text" | "text?" | "number" | "number?" | "flag?" | "texts" | "texts?";
export type Fields = Readonly<Record<string, FieldType>>;

interface ValueOf {
  readonly text: string;
  readonly "text?": string | undefined;
  readonly number: number;
  readonly "number?": number | undefined;
  readonly "flag?": boolean | undefined;
  readonly texts: readonly string[];
  readonly "texts?": readonly string[] | undefined;
}
export type Args<F extends Fields> = { readonly [Name in keyof F]: ValueOf[F[Name]] };

/** `where` names the step in what is thrown when an argument is wrong, missing or too much. */
export function readArgs(
  given: readonly (readonly [string, unknown])[],
  fields: Fields,
  where: string,
): Readonly<Record<string, Value>> {
  const args: Record<string, Value> = {};
  for (const [name, value] of given) {
    const type = fields[name];
    if (type === undefined) throw new ScriptError(`${where} has no field \`${name}\``);
    if (!isOf(type, value)) {
      throw new ScriptError(`${where}: \`${name}\` must be ${words[baseOf(type)]}`);
    }
    args[name] = value;
  }
  for (const [name, type] of Object.entries(fields)) {
    if (!type.endsWith("?") && !(name in args)) {
      throw new ScriptError(`${where} needs \`${name}\``);
    }
  }
  return args;
}

const words = {
  text: "a text",
  number: "a number",
  flag: "true or false",
  texts: "a list of texts",
};

function baseOf(type: FieldType): keyof typeof words {
  switch (type) {
    case "text?":
      return "text";
    case "number?":
      return "number";
    case "flag?":
      return "flag";
    case "texts?":
      return "texts";
    default:
      return type;
  }
}

function isOf(type: FieldType, value: unknown): value is Value {
  switch (baseOf(type)) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && value >= 0;
    case "flag":
      return typeof value === "boolean";
    case "texts":
      return Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "string");
  }
}
