/**
 * Secrets that can be told by their looks: each begins with words that its maker has chosen for
 * just that, and goes on with characters of one class. As data; `mask.ts` looks for them.
 *
 * What only its length or its disorder would tell is not here: hashes of commits look the same.
 */

export interface TokenShape {
  readonly name: string;
  /** Stands at its begin, behind no letter and no digit. */
  readonly prefix: string;
  /** A class of regular expressions, for what follows. */
  readonly rest: string;
  /** How many of them at least. Fewer are an example, or a word. */
  readonly least: number;
}

const plain = "[A-Za-z0-9]";
const word = "[A-Za-z0-9_]";
const dashed = "[A-Za-z0-9_-]";
/** Three parts of base64url with dots between them. */
const dotted = "[A-Za-z0-9_.-]";
/** What stands between the lines that begin and end a key, also where a line break is written `\n`. */
const armoured = "[A-Za-z0-9+/=\\s\\\\,:-]";

/**
 * The prefixes are documented by their makers. None of a shape is the begin of another one that
 * takes the same characters, so that one place in a text is never two tokens.
 */
export const tokenShapes: readonly TokenShape[] = [
  { name: "Anthropic key", prefix: "sk-ant-", rest: dashed, least: 20 },
  { name: "OpenAI key", prefix: "sk-proj-", rest: dashed, least: 20 },
  { name: "OpenAI key", prefix: "sk-svcacct-", rest: dashed, least: 20 },
  { name: "OpenRouter key", prefix: "sk-or-", rest: dashed, least: 20 },
  { name: "API key", prefix: "sk-", rest: plain, least: 20 },
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((prefix) => {
    return { name: "GitHub token", prefix, rest: plain, least: 30 };
  }),
  { name: "GitHub token", prefix: "github_pat_", rest: word, least: 22 },
  { name: "GitLab token", prefix: "glpat-", rest: dashed, least: 20 },
  { name: "Google key", prefix: "AIza", rest: dashed, least: 35 },
  { name: "Google token", prefix: "ya29.", rest: dashed, least: 30 },
  ...["xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"].map((prefix) => {
    return { name: "Slack token", prefix, rest: "[A-Za-z0-9-]", least: 10 };
  }),
  { name: "AWS key", prefix: "AKIA", rest: "[A-Z0-9]", least: 16 },
  { name: "AWS key", prefix: "ASIA", rest: "[A-Z0-9]", least: 16 },
  { name: "npm token", prefix: "npm_", rest: plain, least: 36 },
  { name: "Amp key", prefix: "sgamp_", rest: word, least: 20 },
  { name: "Hugging Face token", prefix: "hf_", rest: plain, least: 30 },
  { name: "Stripe key", prefix: "sk_live_", rest: plain, least: 16 },
  { name: "Stripe key", prefix: "rk_live_", rest: plain, least: 16 },
  // The headers of JSON web tokens, whose first field is one of three.
  ...["eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi"].map((prefix) => {
    return { name: "web token", prefix, rest: dotted, least: 20 };
  }),
  ...["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "].map((kind) => {
    const prefix = `-----BEGIN ${kind}PRIVATE KEY-----`;
    return { name: "private key", prefix, rest: armoured, least: 20 };
  }),
];
