import { join } from "node:path";
import { root } from "../paths.js";

const here = join(root, "test/support/zfs");

/** The first process of the guest; a part of the image. */
export const INIT = join(here, "init.bash");

/** What the guest does for a test; it comes in with the test's own files. */
export const GUEST = join(here, "guest.bash");

/** Runs command lines and says which ZFS did not take. */
export const ACCEPT = join(here, "accept.bash");
