/**
 * The words of plans, English and French, as data. Every word is looked up in its plain form:
 * without accents, emoji, markup and punctuation, in lower case.
 */

import type { Brief } from "../domain/brief.ts";
import type { Priority } from "../domain/task.ts";

/** `🔄 IN_PROGRESS` and `in progress` are one; `Priorité` is `priorite`. */
export function plainWords(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
}

function lookUp<T>(table: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  const words = new Map<string, T>();
  for (const [list, meaning] of Object.entries(table)) {
    for (const word of list.split("|")) words.set(word, meaning);
  }
  return words;
}

const priorityWords = lookUp<Priority>({
  "critical|critique|urgent|urgente|blocker|bloquante|highest|p0|tres haute": "urgent",
  "high|haute|haut|elevee|important|importante|p1": "high",
  "medium|med|moyenne|moyen|normal|normale|p2": "medium",
  "low|lowest|basse|bas|faible|simple|minor|mineure|p3|p4": "low",
});
/** Where an emoji stands alone; a word beside it says more. */
const priorityEmoji: readonly (readonly [string, Priority])[] = [
  ["🔴", "high"],
  ["🟠", "high"],
  ["🟡", "medium"],
  ["🟢", "low"],
  ["🔵", "low"],
];

/** `🔴 HIGH`, `[HAUTE]`, `CRITIQUE`, `P1`, `🟡`; `null` when none of it is a priority. */
export function priorityOf(text: string): Priority | null {
  const plain = plainWords(text);
  const whole = priorityWords.get(plain);
  if (whole !== undefined) return whole;
  const first = priorityWords.get(plain.split(" ")[0] ?? "");
  return first ?? priorityEmojiOf(text);
}

export function priorityEmojiOf(text: string): Priority | null {
  return priorityEmoji.find(([emoji]) => text.includes(emoji))?.[1] ?? null;
}

/** `dropped`: the document says that nobody is to do it. */
export type StateWord = "queued" | "needs_human" | "done" | "dropped";

const stateWords = lookUp<StateWord>({
  "queued|ready to send|ready|dispatched|running|in progress|inprogress|pending|todo|to do|a faire|en cours|en attente|open|opened|planned|waiting|assigned|assigne|assignee|new|nouveau|nouvelle|started|active|actif|doing|wip|not started|non commence|retrying|review|landing":
    "queued",
  "completed|complete|done|termine|terminee|fini|finie|fait|faite|closed|finished|merged|landed|passed":
    "done",
  "blocked|bloque|bloquee|needs human|on hold|stuck|failed|echec|echoue|echouee|en pause|paused":
    "needs_human",
  "cancelled|canceled|annule|annulee|skipped|ignore|ignoree|abandonne|abandonnee|wontfix|deferred":
    "dropped",
});
const stateEmoji: readonly (readonly [RegExp, StateWord])[] = [
  [/[✅✔☑]/u, "done"],
  [/⛔|🚫|❌|🛑/u, "needs_human"],
  [/🔄|⏳|🕐|▶|⏸/u, "queued"],
];

/** `🔄 DISPATCHED`, `TERMINÉ (12:05)`, `✅`; `null` for what is no state. */
export function stateOf(text: string): StateWord | null {
  const words = plainWords(text).split(" ");
  for (const length of [3, 2, 1]) {
    const state = stateWords.get(words.slice(0, length).join(" "));
    if (state !== undefined) return state;
  }
  if (words.join("") !== "") return null;
  return stateEmoji.find(([emoji]) => emoji.test(text))?.[1] ?? null;
}

/** Is the text a state, and nothing more? `COMPLETED ✅`, `TERMINÉ (12:05)`. */
export function isOnlyState(text: string): boolean {
  return stateWords.has(plainWords(text.replace(/\([^()]*\)/g, " ")));
}

/** What a key of `**Key**: value`, of a table's head or of a marker stands for. */
export type Key =
  | "id"
  | "title"
  | "priority"
  | "agent"
  | "role"
  | "status"
  | "deps"
  | "skills"
  | "estimate"
  | "phase"
  | "touches"
  | "verify";

const keyWords = lookUp<Key>({
  "id|task id|identifiant|ref|reference|numero|no|n": "id",
  "title|titre|task|tache|taches|tasks|todo|intitule|item|subject|sujet": "title",
  "priority|priorite|prio|urgence|urgency": "priority",
  "agent|assignee|assigned to|assigned|assigne a|assignee a|assigne|llm|owner|responsable|worker|executor":
    "agent",
  "role|roles": "role",
  "status|statut|etat|state": "status",
  "depends on|depends|dependencies|dependency|deps|depend de|dependance|dependances|after|apres|requires|requiert|needs|blocked by|bloque par|prerequisites|prerequis":
    "deps",
  "skills|skill|agent requis|agents requis|required agent|required agents|competence|competences|read first|a lire|agents a utiliser":
    "skills",
  "estimate|estimation|estimated|eta|duree|duree estimee|duration|estimated duration|temps estime|effort":
    "estimate",
  "phase|milestone|jalon|sprint": "phase",
  "touches|scope|portee|paths|chemins": "touches",
  "verify|verifier|verifie par|verified by": "verify",
});

export function keyOf(text: string): Key | null {
  return keyWords.get(plainWords(text)) ?? null;
}

/** Names of the columns that make a table a log of what has happened, not a queue. */
export const logColumns: ReadonlySet<string> = new Set(
  "date|time|heure|horodatage|timestamp|at|when|quand".split("|"),
);
/** Names of columns that hold a title where no better one is there. */
export const secondTitles: ReadonlySet<string> = new Set("description|details|detail".split("|"));
export const roleColumns: ReadonlySet<string> = new Set(
  "role|roles|specialites|specialite|specialties|responsibilities|responsabilites|strengths|forces|tasks|taches".split(
    "|",
  ),
);

export type BriefField = Exclude<keyof Brief, "raw">;
/** `skills`: constraints that name skills. `prompt`: what follows is the brief as a whole. */
export type Label = BriefField | "skills" | "prompt";

const labelWords = lookUp<Label>({
  "context|contexte|background|system|systeme|description|situation|overview|why|pourquoi":
    "context",
  "objective|objectives|objectif|objectifs|goal|goals|but|buts|task|tache|mission|summary|resume":
    "objective",
  "files|file|fichiers|fichier|fichiers a creer modifier|fichiers a creer|fichiers a modifier|fichiers concernes|fichiers existants|existing files|files to create|files to modify|files to create modify|files to change|relevant files|code":
    "files",
  "instructions|instruction|instructions detaillees|detailed instructions|taches|tasks|etapes|steps|step|specifications|specification|scratchpad|plan|a faire|todo|details|approach|approche|implementation":
    "instructions",
  "constraints|constraint|contraintes|contrainte|rules|regles|requirements|exigences|notes|note|important":
    "constraints",
  "deliverables|deliverable|livrables|livrable|livrables attendus|expected deliverables|reporting|report|rapport|apres completion|after completion|output|outputs":
    "deliverables",
  "acceptance|acceptance criteria|acceptance criterion|validation|criteres d acceptation|criteres d acceptance|criteres de validation|criteres de succes|criteres|criteria|success criteria|definition of done|done when|checklist|verification|verify|verifier":
    "acceptance",
  "tests|test|tests a ecrire|tests requis|tests to write|tests required|required tests|test plan|test strategy|plan de test":
    "tests",
  "answers|answer|reponses|reponse|answers to questions|reponses aux questions": "answers",
  "skills|skill|agents requis|agent requis|required agents|utilise les agents|utiliser les agents|use the agents|use these agents|agents a utiliser|competences|read first":
    "skills",
  "prompt|prompt xml|xml prompt|brief": "prompt",
});

/** What a label of a section stands for; `Prompt pour Codex` is a `prompt`. */
export function labelOf(text: string): Label | null {
  const plain = plainWords(text);
  const label = labelWords.get(plain);
  if (label !== undefined) return label;
  return /^prompt (?:pour|for) /.test(plain) ? "prompt" : null;
}

/** A heading that says when something is over. */
export function isCriteriaHeading(text: string): boolean {
  const plain = plainWords(text);
  return /\b(?:criteres?|criteria|criterion|definition of done|done when)\b/.test(plain);
}

/** `Phase 2`, `Étape 1: …`, `Sprint A`: such a heading orders what is under it. */
export function isPhaseHeading(text: string): boolean {
  return /^(?:phase|etape|sprint|milestone|jalon|vague|wave|lot|iteration|stage) (?:\d+|[ivx]+|[a-z])\b/.test(
    plainWords(text),
  );
}

/** Headings over a list that name no group. */
const listHeadings: ReadonlySet<string> = new Set(
  "tasks|task list|taches|liste des taches|todo|todos|to do|a faire|backlog|queue|plan|work|travail|next|next steps|prochaines etapes".split(
    "|",
  ),
);

export function isListHeading(text: string): boolean {
  return listHeadings.has(plainWords(text));
}

/** A heading under which agents are told apart. */
export function isAgentsHeading(text: string): boolean {
  return /\b(?:agents?|workers?|llms?|roles?|assign\w*|equipe|team|repartition)\b/.test(
    plainWords(text),
  );
}

const noneWords: ReadonlySet<string> = new Set(
  "|none|aucun|aucune|n a|na|nil|no|non|any|tous|all|tbd|a definir|unassigned|personne|nobody".split(
    "|",
  ),
);

/** `-`, `none`, `aucune`, `TBD`: a cell that is filled in, and says nothing. */
export function isNone(text: string): boolean {
  return noneWords.has(plainWords(text));
}

/** `[NOM]`, `<file>`, `...`: a template, filled in by nobody yet. */
export function isPlaceholder(text: string): boolean {
  return /^(?:\[[^\]]*\]|<[^>]*>|\.{3}|…|)$/.test(text.trim());
}

/** `TASK-PO-[XXX]`, `TODO-POB-XXX`, `AUTO-00X`. */
export function isPlaceholderId(text: string): boolean {
  return isPlaceholder(text) || /\bX{2,}\b|-\d*X+\b|[[\]<>]/i.test(text);
}
