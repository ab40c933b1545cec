import {
  hintsAtSecret,
  holdsPrivateKey,
  isStandIn,
  looksSecret,
  perModel,
  urlPasswords,
} from "../../plugin-api/index.js";
import type { Model, Section, Setting, Span, Value } from "../../plugin-api/index.js";

/** What gives a secret away: its name, the form of a private key, or a URL that holds a password. */
export type SecretKind = "name" | "private-key" | "url";

/** A secret that stands in the files. */
export interface ClearSecret extends Found {
  /** Of the whole value. */
  readonly span: Span;
}

interface Found {
  readonly kind: SecretKind;
  readonly name: string;
  /** The secret itself, for what hides it in outputs. */
  readonly texts: readonly string[];
}

/** All secrets in clear text, in source order; one that several guests share (a profile's) once. */
export const clearSecrets = perModel(findSecrets);

function findSecrets(model: Model): readonly ClearSecret[] {
  const found = new Map<string, ClearSecret>();
  const visit = (section: Section): void => {
    for (const setting of section.settings.values()) {
      const { name, value, span } = setting;
      if (!hintsAtSecret(name) && !mayHoldSecret(value)) continue;
      for (const secret of secretsIn(setting)) {
        found.set(`${span.file.path} ${span.start} ${secret.name}`, { ...secret, span });
      }
    }
    section.sections.forEach(visit);
  };
  for (const resource of model.resources.values()) visit(resource);
  return [...found.values()];
}

/** Whether a text or a key inside a value may be a secret: a quick look, which most values are done with. */
function mayHoldSecret(value: Value): boolean {
  if (value.type === "string") return hintsAtSecret(value.value) || value.value.includes("://");
  if (value.type === "list") return value.items.some(mayHoldSecret);
  return value.type === "map" && value.entries.some(([key, inner]) => hintsAtSecret(key) || mayHoldSecret(inner));
}

function secretsIn({ name, value }: Setting): readonly Found[] {
  const texts = stringsIn(value);
  if (texts.length === 0) return [];
  const keys = texts.filter(holdsPrivateKey);
  if (keys.length > 0) return [{ kind: "private-key", name, texts: keys }];
  const passwords = texts.flatMap(urlPasswords);
  if (passwords.length > 0) return [{ kind: "url", name, texts: passwords }];
  return [...(looksSecret(name) ? named(name, value) : []), ...namedIn(value)];
}

/** What Proxmox calls a token: its user, its realm and its name, which anybody may read. */
const TOKEN_ID = /^[^\s:/@,!]+@[A-Za-z][\w.-]*![A-Za-z][\w.-]*$/;

function named(name: string, value: Value): readonly Found[] {
  const isNamed = (text: string): boolean => name === "tokens" && TOKEN_ID.test(text);
  const texts = stringsIn(value).filter((text) => !isStandIn(text) && !isNamed(text));
  return texts.length === 0 ? [] : [{ kind: "name", name, texts }];
}

/** The keys of maps inside a value that look like secrets and have literal values. */
function namedIn(value: Value): readonly Found[] {
  if (value.type === "list") return value.items.flatMap(namedIn);
  if (value.type !== "map") return [];
  return value.entries.flatMap(([key, inner]) => [...(looksSecret(key) ? named(key, inner) : []), ...namedIn(inner)]);
}

/** All texts inside a value. */
function stringsIn(value: Value): readonly string[] {
  if (value.type === "string") return [value.value];
  if (value.type === "list") return value.items.flatMap(stringsIn);
  return value.type === "map" ? value.entries.flatMap(([, inner]) => stringsIn(inner)) : [];
}
