import { fences } from "../markdown.js";

/** A fenced block of a page, and what the comment before it asks for. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** What is done with it. */
  readonly role: Role;
  /** The output that the page shows for it: the `text` block that follows it. */
  readonly shown?: Shown;
}

/** Where a shown output stands in the page. */
export interface Shown {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Role =
  /** `<!-- file NAME -->`: it is that file. */
  | { readonly kind: "file"; readonly name: string }
  /** `<!-- append NAME -->`: that file goes on with it. */
  | { readonly kind: "append"; readonly name: string }
  /**
   * A block of the shell. `<!-- run exit=N answer=WORD,WORD host=ENTRY -->`: how it ends, unless with 0; what the operator
   * answers; whose host is reached, unless that of the page's first `.phx` file.
   */
  | {
      readonly kind: "run";
      readonly exit: number;
      readonly answer?: string | undefined;
      readonly host?: string | undefined;
    }
  /** `<!-- real: WHY -->`: what is not run, and the reason. */
  | { readonly kind: "real"; readonly why: string }
  | { readonly kind: "other" };

/** The blocks of a page in order; throws where a comment says what nobody understands. */
export function blocksOf(page: string): readonly Block[] {
  const found = fences(page);
  return found.map(({ language, text, line, mark, end }, i): Block => {
    const role = roleOf(mark, language);
    const next = found[i + 1];
    const isShown = next?.language === "text" && next.mark === "" && page.slice(end, next.open).trim() === "";
    if (role.kind !== "run" || next === undefined || !isShown) return { language, text, line, role };
    const shown = { text: next.text, start: next.start, end: next.start + next.text.length };
    return { language, text, line, role, shown };
  });
}

function roleOf(mark: string, language: string): Role {
  const [word = "", ...rest] = mark.split(" ");
  if (word === "file" || word === "append") return { kind: word, name: rest.join(" ") };
  if (language !== "sh") return { kind: "other" };
  if (word === "real:") return { kind: "real", why: rest.join(" ") };
  if (word !== "" && word !== "run") throw new Error(`nobody knows what "${mark}" before a block of the shell means`);
  const settings = new Map(rest.map((pair) => pair.split("=", 2) as [string, string | undefined]));
  for (const name of settings.keys()) {
    if (!["exit", "answer", "host"].includes(name)) throw new Error(`nobody knows what "${mark}" means`);
  }
  const [answer, host] = [settings.get("answer"), settings.get("host")];
  return { kind: "run", exit: Number(settings.get("exit") ?? 0), answer, host };
}

/** The page with other outputs in the places of those that it shows. */
export function withOutputs(page: string, outputs: readonly (Shown & { readonly actual: string })[]): string {
  let text = page;
  for (const { start, end, actual } of outputs.toReversed()) text = text.slice(0, start) + actual + text.slice(end);
  return text;
}
