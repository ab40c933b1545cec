import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Machine } from "./machine.js";

/** A call that came in over the wire. */
export interface Request {
  readonly token: string;
  readonly ppid: number;
  readonly pid: number;
  readonly cwd: string;
  /** The step of the plan that it belongs to; empty outside of one. */
  readonly step: string;
  readonly argv: readonly string[];
}

/** The other side of a call: asks it for things, and ends it. */
export interface Caller {
  readonly stdin: () => Promise<Buffer>;
  readonly daemon: () => Promise<number>;
  readonly real: (program: string) => void;
  readonly reply: (code: number, stdout: string, stderr: string) => void;
  /** Resolves when the caller is gone before it got its answer. */
  readonly gone: Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and hands every call to `serve`; `close` also ends the calls that still wait. */
export async function listen(
  machine: Machine,
  folder: string,
  serve: (request: Request, caller: Caller) => void,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    accept(machine, folder, socket, serve);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function accept(
  machine: Machine,
  folder: string,
  socket: Socket,
  serve: (request: Request, caller: Caller) => void,
): void {
  let input = Buffer.alloc(0);
  let served = false;
  let waiter: (() => void) | undefined;
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (data: Buffer) => {
    input = Buffer.concat([input, data]);
    if (served) return waiter?.();
    const request = readRequest(input);
    if (request === undefined) return;
    served = true;
    input = Buffer.alloc(0);
    const line = (): Promise<string> =>
      readLine(
        () => input,
        (rest) => (input = rest),
        (wake) => (waiter = wake),
        gone,
      );
    serve(request, makeCaller(machine, folder, socket, request, line, gone));
  });
}

/** Waits for a line of the caller; empty when it goes away. */
async function readLine(
  peek: () => Buffer<ArrayBuffer>,
  keep: (rest: Buffer<ArrayBuffer>) => void,
  onData: (wake: () => void) => void,
  gone: Promise<void>,
): Promise<string> {
  for (;;) {
    const at = peek().indexOf(10);
    if (at >= 0) {
      const line = peek().subarray(0, at).toString("utf8");
      keep(Buffer.from(peek().subarray(at + 1)));
      return line;
    }
    const left = await Promise.race([
      new Promise<boolean>((resolve) => onData(() => resolve(false))),
      gone.then(() => true),
    ]);
    if (left) return "";
  }
}

/** Seven fields and then as many arguments as the last of them says, each ended by a NUL; undefined while some are missing. */
function readRequest(input: Buffer): Request | undefined {
  const fields = input.toString("utf8").split("\0");
  if (fields.length < 8) return undefined;
  const [token = "", ppid = "", pid = "", cwd = "", step = "", tool = "", count = ""] = fields;
  if (fields.length < 8 + Number(count)) return undefined;
  const argv = [tool, ...fields.slice(7, 7 + Number(count))];
  return { token, ppid: Number(ppid), pid: Number(pid), cwd, step, argv };
}

function makeCaller(
  machine: Machine,
  folder: string,
  socket: Socket,
  request: Request,
  line: () => Promise<string>,
  gone: Promise<void>,
): Caller {
  const send = (...words: readonly (string | number)[]): void =>
    void (socket.destroyed || socket.write(`${words.join("\t")}\n`));
  return {
    gone,
    stdin: async () => {
      const file = join(folder, `stdin-${request.pid}`);
      send("stdin", file);
      await line();
      try {
        return readFileSync(file);
      } catch {
        return Buffer.alloc(0);
      } finally {
        rmSync(file, { force: true });
      }
    },
    daemon: async () => {
      if (!keepsFiles(machine, request.pid)) return 0;
      send("daemon");
      return Number(await line());
    },
    real: (program) => {
      send("real", program);
      socket.end();
    },
    reply: (code, stdout, stderr) => {
      if (socket.destroyed) return;
      const [out, err] = [Buffer.from(stdout), Buffer.from(stderr)];
      socket.end(Buffer.concat([Buffer.from(`reply\t${code}\t${err.length}\t${out.length}\n`), err, out]));
    },
  };
}

/** Whether a process has files of the host open that a daemon would inherit, such as a lock. */
function keepsFiles(machine: Machine, pid: number): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some(
      (fd) => Number(fd) > 2 && readlinkSync(join(folder, fd)).startsWith(`${machine.root}/`),
    );
  } catch {
    return false;
  }
}
