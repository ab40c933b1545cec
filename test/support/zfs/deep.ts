import { zfsImage } from "./image.js";

interface Suite {
  (name: string, body: () => Promise<void>): void;
  skip(name?: string, body?: () => Promise<void>): void;
}

/**
 * Declares tests that boot a guest with real ZFS. They run with `npm run test:deep` and `npm run test:zfs`; where the packages
 * for the guest cannot be had they say so and count as skipped.
 */
export function zfsTests(test: Suite): (name: string, body: () => Promise<void>) => void {
  const skip = (name: string, body: () => Promise<void>): void => test.skip(name, body);
  if (process.env["PHXC_DEEP"] !== "1") return skip;
  const image = zfsImage();
  if (typeof image !== "string") return test;
  console.log(`  no guest with real ZFS on this machine: ${image}; its tests are skipped`);
  return skip;
}
