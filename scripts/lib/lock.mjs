import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const WAIT_MS = 100;
const GIVE_UP_MS = 300_000;

/**
 * Runs `work` while holding the lock file `path`, so that two builds in one folder never mix their output.
 * A lock whose process no longer lives is taken over.
 */
export async function withLock(path, work) {
  await acquire(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + GIVE_UP_MS;
  while (!tryLock(path)) {
    if (!holderLives(path)) rmSync(path, { force: true });
    else if (Date.now() > deadline)
      throw new Error(`${path} has been held for ${GIVE_UP_MS / 1000} s; remove it if no build runs`);
    else await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

function tryLock(path) {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function holderLives(path) {
  try {
    const holder = Number.parseInt(readFileSync(path, "utf8"), 10);
    // Between creating the file and writing the number it is empty: then somebody is just taking it.
    if (Number.isNaN(holder)) return true;
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
