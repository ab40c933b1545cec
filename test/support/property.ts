import { configureGlobal } from "fast-check";

/**
 * The seed of all property tests of this process. It is the same in every run, so that one commit gets one verdict;
 * `PHXC_SEED=random` looks for new cases, and `PHXC_SEED=NUMBER` repeats a run that found some.
 */
export const seed = seedOf(process.env["PHXC_SEED"] ?? "20261122");

configureGlobal({ seed });
console.log(`  seed ${seed} (PHXC_SEED=${seed} repeats it, PHXC_SEED=random takes another)`);

function seedOf(text: string): number {
  if (text === "random") return Math.floor(Math.random() * 2 ** 31);
  const number = Number(text);
  if (!Number.isInteger(number)) throw new Error(`PHXC_SEED is a whole number or "random", not "${text}"`);
  return number;
}

export * from "fast-check";
