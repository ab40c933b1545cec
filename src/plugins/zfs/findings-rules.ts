import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings of the rules about pools and datasets: PHX4803 to PHX4818. */

export const diskInTwoPools = diagnosticKind<{ disk: string; as: string; first: string; second: string }>({
  code: "PHX4803",
  severity: "error",
  title: "disk in two pools",
  message: ({ disk, as, first, second }) =>
    disk === as
      ? `the disk ${disk} is in the pool ${first} and in the pool ${second}`
      : `${disk} is in the pool ${second}, and ${as}, which is on the same disk, in the pool ${first}`,
  help: "Give each pool disks of its own. Partitions of one disk may be in several pools, the whole disk in one only.",
});

export const oneMountPoint = diagnosticKind<{ first: string; second: string; path: string }>({
  code: "PHX4804",
  severity: "error",
  title: "dataset at a mount point that is taken",
  message: ({ first, second, path }) =>
    `${first} and ${second} are both mounted at ${path}: the one that is mounted later hides the other`,
  help: "Give one of them another `mountpoint`, or `canmount = off` where it only holds others.",
});

export const systemMountPoint = diagnosticKind<{ dataset: string; path: string }>({
  code: "PHX4805",
  severity: "error",
  title: "dataset over a directory of the system",
  message: ({ dataset, path }) => `${dataset} is mounted at ${path}, where it hides what the host runs on`,
  help: "Give it a `mountpoint` of its own, for example below /srv or /mnt. What the host booted from needs no declaration.",
});

export const ruleFindings: readonly DiagnosticKind<never>[] = [diskInTwoPools, oneMountPoint, systemMountPoint];
