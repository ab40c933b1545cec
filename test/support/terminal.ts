import { plainPalette } from "../../src/diagnostics/palette.js";
import { dispatch } from "../../src/cli/dispatch.js";

/** What a command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** What the operator answers; without it there is no terminal to ask on. */
  readonly answer?: string;
}

/** Runs a command line inside this process, against a terminal that only records. */
export async function runCli(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const { cwd, env = {}, input = "", answer } = options;
  const code = await dispatch(argv, {
    cwd,
    env,
    out: { write: (text) => void out.push(Buffer.from(text)), palette: plainPalette },
    err: { write: (text) => void err.push(Buffer.from(text)), palette: plainPalette },
    readInput: () => Promise.resolve(Buffer.from(input)),
    ask:
      answer === undefined
        ? undefined
        : (question) => {
            err.push(Buffer.from(question));
            return Promise.resolve(answer);
          },
    onSignal: () => () => undefined,
  });
  return { code, out: Buffer.concat(out).toString("utf8"), err: Buffer.concat(err).toString("utf8") };
}
