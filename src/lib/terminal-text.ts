/** Words of others on a person's terminal: they may have colours, and nothing else that it obeys. */

/**
 * Sequences that set a title, a clipboard or a link (OSC, and DCS, SOS, PM, APC) with what they
 * hold, at most to the end of the line; those that move, erase or switch (CSI), but for colours; and
 * every other control character but tab and line feed.
 */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[^\P{Cc}\n\t]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with it.
const colour = /^\x1b\[[\d;:]*m$/;

/** Lines stay lines; a carriage return cannot go back over what was said. */
export function harmless(text: string): string {
  return text.replace(obeyed, (found) => (colour.test(found) ? found : ""));
}

/** JSON that says the same and holds no character that a terminal obeys. */
export function harmlessJson(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
