import { CONTROL, SNAPSHOT_MOMENTS } from "../../plugin-api/index.js";
import type { SectionSpec } from "../../plugin-api/index.js";
import { checkHabits, volumeHabits } from "./habits.js";
import * as t from "./types.js";

/** `check docker { run = "docker info", retries = 5 }` */
export const checkSection: SectionSpec = {
  doc: "A health check: it runs when its guest changed, or on demand.",
  args: [{ name: "name", type: t.label, doc: "The name of the check." }],
  options: {
    run: { type: t.text, doc: "A command for the guest's shell; it passes with exit code 0." },
    service: {
      type: {
        type: "string",
        pattern: "[A-Za-z0-9_:][A-Za-z0-9_.:@\\\\-]*",
        describe: "the name of a service: letters, digits, `_`, `.`, `:`, `@`, `\\` and `-`",
        maxLength: 255,
      },
      doc: "A service of the guest that must be active: a unit of systemd, or where the guest is an Alpine a service of OpenRC.",
    },
    script: {
      type: {
        type: "string",
        pattern: "[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*",
        describe: "the path of a file in the folder of scripts: `check_api.sh`",
        maxLength: 200,
      },
      doc: "A script of the project's folder of scripts that runs in the guest; it passes with exit code 0. It is left nowhere in the guest.",
    },
    args: { type: t.listOfType(t.line), doc: "What the script gets as its arguments." },
    agent: { type: t.bool, doc: "The guest agent must answer. For virtual machines." },
    cloud_init: {
      type: t.bool,
      doc: "The run of cloud-init must have ended without an error; it is waited for. For virtual machines.",
    },
    tcp: { type: t.port, doc: "A port of the guest that must accept connections." },
    http: {
      type: { type: "string", pattern: "https?://\\S+", describe: "an http or https URL" },
      doc: "A URL that must answer with `status`, asked from the host.",
    },
    status: { type: { type: "int", min: 100, max: 599 }, doc: "The HTTP status that counts as healthy. Default: 200." },
    retries: {
      type: { type: "int", min: 0, max: 1000 },
      doc: "Attempts after the first. Default: 3; of `agent`, 60.",
    },
    every: { type: t.seconds, doc: "Time between attempts, in seconds. Default: 5s." },
    timeout: {
      type: { type: "duration", min: 1000, multipleOf: 1000 },
      doc: "Time that one attempt may take, in seconds, at least one. Default: 30s; of `cloud_init`, 10 minutes.",
    },
  },
  sections: {},
  instead: checkHabits,
};

/** `snapshot final-form {}` */
export const snapshotSection: SectionSpec = {
  doc: "A lifecycle snapshot, taken once at its moment; one of that name is never retaken.",
  args: [{ name: "name", type: t.configId, doc: "The name of the snapshot." }],
  options: {
    moment: {
      type: t.oneOf(...SNAPSHOT_MOMENTS),
      doc: "When it is taken: `configured`, before the guest starts for the first time; `installed`, after features and volumes and before scripts; `finished`, after scripts and checks. Default: `configured` of `pre-features`, `installed` of `post-features` and `pre-configured`, otherwise `finished`.",
    },
    keep: {
      type: { type: "int", min: 1, max: 1000 },
      doc: "Take a numbered one (`NAME-1`, `NAME-2`, ...) whenever the guest has changed, and keep so many: older ones are deleted. Nobody else's are.",
    },
  },
  sections: {},
};

/** `volume nfs data { from = "...", at = "/data" }` */
export const volumeSection: SectionSpec = {
  doc: "A network file system that the guest mounts.",
  args: [
    { name: "type", type: t.oneOf("nfs", "samba", "virtiofs"), doc: "How it is shared." },
    { name: "name", type: t.label, doc: "The name of the volume." },
  ],
  repeat: "any",
  options: {
    from: {
      type: t.text,
      doc: "What is mounted: `SERVER:/PATH` for NFS, `//SERVER/SHARE` for Samba, a directory mapping for virtiofs.",
    },
    at: { type: { type: "path", without: " \\#" }, doc: "Where the guest mounts it." },
    options: {
      type: t.listOfType({ type: "string", pattern: "[A-Za-z0-9_.:=/%@+-]+", describe: "a mount option" }, true),
      doc: "Further mount options, as `noatime`.",
    },
    user: {
      type: { type: "string", pattern: `[^\\s${CONTROL}]([^${CONTROL}]*[^\\s${CONTROL}])?`, describe: "a user name" },
      doc: "The account at a Samba server. Default: a guest's.",
    },
    password: { type: { type: "secret" }, doc: "Its password." },
    domain: {
      type: { type: "string", pattern: "[A-Za-z0-9][A-Za-z0-9_.-]*", describe: "the name of a domain or workgroup" },
      doc: "The domain or workgroup of the account.",
    },
  },
  sections: {},
  instead: volumeHabits,
};

/** `feature step_ca { dns_name = "..." }` */
export const featureSection: SectionSpec = {
  doc: "Software to install in the guest, with its parameters.",
  args: [{ name: "name", type: t.label, doc: "The name of the feature." }],
  options: {},
  sections: {},
  free: {
    pattern: "[A-Za-z_][A-Za-z0-9_.-]*",
    describe: "a parameter's name: letters, digits, `_`, `.` and `-`",
    option: {
      type: t.union(
        t.bool,
        { type: "number" },
        { type: "size" },
        { type: "duration" },
        { type: "secret" },
        t.listOfType({ type: "string", multiline: true }),
        { type: "string", multiline: true },
      ),
      doc: "A parameter of the feature.",
    },
  },
};

/** `script "setup.sh" { timeout = 10m }` */
export const scriptSection: SectionSpec = {
  doc: "A script of the project's folder of scripts that runs in the guest once, after the features: again when its text changes.",
  args: [{ name: "name", type: t.label, doc: "The name of the file." }],
  options: {
    timeout: { type: t.seconds, doc: "Time that it may take, in seconds. Default: 30 minutes." },
  },
  sections: {},
};
