import { Bench } from "tinybench";
import { parse } from "../src/parser/index.js";
import { createLexer } from "../src/parser/tokens.js";
import { sourceFile } from "../src/text/source.js";
import { count, medianOf, type Row, time } from "./row.js";

/** One guest of the usual size, with every form that the grammar has; repeated it makes a file of any length. */
const guest = (n: number): string => `# guest ${n}
vm ${1000 + n} "guest-${n}" extends docker_host {
  clone    = ubuntu-template
  cores    = 2 + ${n % 4}
  memory   = 8GiB
  disk root { size = 100GiB, storage = quickOS-vm-disks }
  net lan  { ip = 10.0.${n % 250}.7, firewall = true }
  needs    = [step-ca, "other"]
  volume nfs data { from = "\${bulk}/\${self.id}", at = "/persistent-storage" }
  firewall {
    in accept tcp [80, 443] from docker-1
    out accept tcp 443 to 10.0.0.153
  }
  check docker { run = "docker info", retries = 5, every = 10s, timeout = 30s }
}
`;

const GUESTS = 600;

/** What reading a long file costs beside Chevrotain's bare lexer on the same text; warm, many times. */
export async function measureParser(): Promise<readonly Row[]> {
  const text = Array.from({ length: GUESTS }, (_, n) => guest(n)).join("\n");
  const lines = text.split("\n").length;
  const file = sourceFile("bench.phx", text);
  const findings = parse(file).diagnostics.length;
  if (findings > 0) throw new Error(`the measured file has ${findings} findings`);
  const lexer = createLexer();
  const bench = new Bench({ time: 3000, warmupTime: 1000 });
  bench.add("lexer", () => lexer.tokenize(text)).add("parse", () => parse(file));
  await bench.run();
  const [lex, whole] = bench.tasks.map(medianOf);
  if (lex === undefined || whole === undefined) throw new Error("nothing was measured");
  return [
    {
      what: `parsing ${count(lines)} lines, warm`,
      measured: `${time(whole)}, ${count(Math.round((lines / whole) * 1000))} lines a second`,
      beside: `bare lexer: ${time(lex)}, ratio ${(whole / lex).toFixed(1)}`,
    },
  ];
}
