/** The few SGR sequences that the agents use. Each ends what it has begun. */

export const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;
export const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;
export const italic = (text: string) => `\u001b[3m${text}\u001b[23m`;
export const inverse = (text: string) => `\u001b[7m${text}\u001b[27m`;
/** Of the 256 colours. */
export const colour = (n: number, text: string) => `\u001b[38;5;${n}m${text}\u001b[39m`;
export const background = (n: number, text: string) => `\u001b[48;5;${n}m${text}\u001b[49m`;
