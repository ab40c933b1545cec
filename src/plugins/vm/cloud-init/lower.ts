import {
  NO_OPTIONS,
  diagnose,
  guestRef,
  isAbsent,
  isTemplate,
  joinOptions,
  plainOptions,
  propertyOption,
  resolverOf,
  secretOf,
  sha256,
  storageById,
} from "../../../plugin-api/index.js";
import type {
  Diagnostic,
  GuestRef,
  Model,
  OptionSpec,
  Requirement,
  Resource,
  RetiredGuest,
  SecretOption,
  Section,
  Step,
  WantedOptions,
} from "../../../plugin-api/index.js";
import { makeStep } from "../../guest/step.js";
import { cloudInitOf, snippetStorage, textIn } from "./effective.js";
import type { CloudInit } from "./effective.js";
import { snippetTooLarge } from "./findings.js";
import { cloudInitSection } from "./options.js";
import { userData } from "./user-data.js";
import type { Rendered } from "./user-data.js";

/** What of a machine's turn is about cloud-init. */
export interface LoweredCloudInit {
  /** Before its options are set. */
  readonly before: readonly Step[];
  readonly options: WantedOptions;
  readonly secrets: readonly SecretOption[];
  /** After its options are set. */
  readonly after: readonly Step[];
  readonly requirements: readonly Requirement[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A text of our own for cloud-init, as a file of a storage. */
interface Snippet extends Rendered {
  readonly kind: "user" | "vendor" | "network";
  readonly file: string;
}

interface Stored extends Snippet {
  readonly storage: string;
}

/**
 * What the files say goes through Proxmox's own options where there are any, and else through snippets, whose names hold the
 * digest of what they say: a change of it is a change of an option.
 */
export function lowerCloudInit(
  resource: Resource,
  model: Model,
  hasDrive: boolean,
  retired: RetiredGuest | undefined,
): LoweredCloudInit {
  const config = cloudInitOf(resource, model);
  const guest = guestRef(resource);
  const storage = snippetStorage(config);
  const snippets =
    storage === undefined ? [] : snippetsOf(resource, model, config).map((text) => ({ ...text, storage }));
  const secrets = config.userData || config.own === undefined ? [] : passwordOf(config.own);
  const at = config.own ?? resource;
  const storages = new Set([...(storage === undefined ? [] : [storage]), ...retiredStorages(retired)]);
  return {
    before: snippets.map((snippet) => snippetStep(resource, snippet, config.own)),
    options: joinOptions([
      config.own === undefined ? NO_OPTIONS : plainOptions(config.own, optionsBeside(config)),
      config.userData || config.own === undefined ? NO_OPTIONS : absentPassword(config.own),
      propertyOption(
        "cicustom",
        snippets.map(({ kind, file, storage: id }) => ({ key: kind, value: `${id}:snippets/${file}` })),
      ),
    ]),
    secrets,
    after: [
      ...(hasDrive && !isTemplate(resource) ? [driveStep(resource, guest)] : []),
      // Until the drive is made anew, the configuration tells what it was made from.
      ...[...storages].map((id) => unusedStep(resource, id, guest)),
    ],
    requirements: [
      ...(storage === undefined || storageById(model, storage) !== undefined
        ? []
        : [
            { kind: "storage", storage, content: "snippets", blocks: [resource.address], source: at.headSpan } as const,
          ]),
      ...[...secrets, ...snippets.flatMap((snippet) => snippet.secrets)].map(
        ({ secret }) => ({ kind: "secret", secret, blocks: [resource.address], source: at.headSpan }) as const,
      ),
    ],
    diagnostics: snippets.flatMap(({ kind, content }) => {
      const bytes = byteLength(content);
      return bytes > MAX_SNIPPET ? [diagnose(snippetTooLarge, at.headSpan, { name: TITLES[kind], bytes })] : [];
    }),
  };
}

/** Proxmox reads no more of a snippet (Cloudinit.pm). */
const MAX_SNIPPET = 1024 ** 2;

/** In UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Options that Proxmox looks at beside user data that is not its own. */
const BESIDE_USER_DATA: ReadonlySet<string> = new Set(["format"]);

function optionsBeside({ userData: isOwn }: CloudInit): Readonly<Record<string, OptionSpec>> {
  const entries = Object.entries(cloudInitSection.options);
  return isOwn ? Object.fromEntries(entries.filter(([name]) => BESIDE_USER_DATA.has(name))) : cloudInitSection.options;
}

function passwordOf(own: Section): readonly SecretOption[] {
  const secret = secretOf(own, "password");
  return secret === undefined ? [] : [{ option: "cipassword", secret }];
}

/** `password = absent` deletes what is there, as for options that are no secrets. */
function absentPassword(own: Section): WantedOptions {
  return isAbsent(own, "password") ? { ...NO_OPTIONS, absent: ["cipassword"] } : NO_OPTIONS;
}

function snippetsOf(resource: Resource, model: Model, config: CloudInit): readonly Snippet[] {
  const { search } = resolverOf(resource, model);
  const own = textIn(config, "user_data");
  const user = !config.userData
    ? undefined
    : own === undefined
      ? userData(config, { ...resource, search })
      : plain(own);
  const vendor = textIn(config, "vendor_data");
  const network = textIn(config, "network_config");
  return [
    ...(network === undefined ? [] : [snippet(resource, "network", plain(network))]),
    ...(user === undefined ? [] : [snippet(resource, "user", user)]),
    ...(vendor === undefined ? [] : [snippet(resource, "vendor", plain(vendor))]),
  ];
}

function plain(content: string): Rendered {
  return { content, secrets: [] };
}

/** Where the secrets are is a part of what a snippet says; what they are is not known. */
function snippet({ id = 0 }: Resource, kind: Snippet["kind"], rendered: Rendered): Snippet {
  const places = rendered.secrets.map(({ token, form, secret }) => `${token} ${form} ${secret}\n`);
  const digest = sha256([...places, rendered.content].join("")).slice(0, 16);
  return { ...rendered, kind, file: `phxc-${id}-${kind}-${digest}.yaml` };
}

const TITLES = { user: "user data", vendor: "vendor data", network: "network configuration" } as const;

function snippetStep(resource: Resource, text: Stored, asked: Section | undefined): Step {
  const { kind, storage, file, content, secrets } = text;
  return makeStep(resource, `cloud-init.${kind}`, {
    phase: "configure",
    title: `cloud-init ${TITLES[kind]}`,
    probe: { kind: "snippet", guest: guestRef(resource), storage, file, content, secrets },
    commands: [],
    asked,
  });
}

function unusedStep(resource: Resource, storage: string, guest: GuestRef): Step {
  return makeStep(resource, `cloud-init.unused.${storage}`, {
    phase: "configure",
    title: `cloud-init snippets on ${storage} that nothing names`,
    probe: { kind: "snippets-unused", guest, storage },
    commands: [],
  });
}

function driveStep(resource: Resource, guest: GuestRef): Step {
  return makeStep(resource, "cloud-init.drive", {
    phase: "configure",
    title: "cloud-init drive",
    probe: { kind: "cloud-init-drive", guest },
    commands: [["qm", "cloudinit", "update", String(guest.id)]],
  });
}

/** The storages on which the last plan had snippets of ours. */
function retiredStorages(retired: RetiredGuest | undefined): readonly string[] {
  const values = [retired?.options["cicustom"] ?? "", ...Object.values(retired?.keys["cicustom"] ?? {})];
  const volumes = values.flatMap((value) => value.split(",").map((part) => part.replace(/^[a-z]+=/, "")));
  return [...new Set(volumes.flatMap((volume) => /^([^:/]+):snippets\/phxc-/.exec(volume)?.[1] ?? []))];
}

/** The steps that remove the snippets of a guest that no file declares any more, once it is gone. */
export function retiredSnippets(retired: RetiredGuest, source: Step["source"]): readonly Step[] {
  const { kind, id, name } = retired;
  return retiredStorages(retired).map((storage) => ({
    id: `${kind}.${id}.cloud-init.unused.${storage}`,
    phase: "finish",
    resource: `${kind}.${id}`,
    title: `cloud-init snippets on ${storage} that nothing names`,
    risk: "safe",
    probe: { kind: "snippets-unused", guest: { kind, id, name }, storage },
    commands: [],
    requires: [],
    source,
  }));
}
