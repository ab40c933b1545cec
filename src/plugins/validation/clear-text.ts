import { sourceFile } from "../../plugin-api/index.js";
import type { Model, Section, Setting, SourceFile, Span, Value } from "../../plugin-api/index.js";
import { perModel } from "./per-model.js";
import { looksSecret, stringsIn } from "./secrets.js";

/** What gives a secret away: its name, the form of a private key, or a URL that holds a password. */
export type SecretKind = "name" | "private-key" | "url";

/** A secret that stands in the files. */
export interface ClearSecret {
  readonly kind: SecretKind;
  readonly name: string;
  /** In a copy of the file in which every secret is overwritten, so that no code frame can show one. */
  readonly span: Span;
}

/** The line that opens a private key in PEM and OpenSSH form, and those of PuTTY and age. */
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-|AGE-SECRET-KEY-1/;

/** `scheme://user:password@host`; a password that is a variable, or masked already, is none. */
const CREDENTIALS = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?![$*])[^\s/@]+@/i;

/** Not a secret itself: a path, a variable, a placeholder, or masked by the front end, which has reported it. */
const STAND_IN = /^(|\/.*|\$\{?[A-Za-z_].*|<[^>]*>|NOT_SET|\*+)$/;

/** All secrets in clear text, in source order; one that several guests share (a profile's) once. */
export const clearSecrets = perModel(findSecrets);

interface Found {
  readonly kind: SecretKind;
  readonly name: string;
}

function findSecrets(model: Model): readonly ClearSecret[] {
  const isSecretName = memoised(looksSecret);
  const found = new Map<string, ClearSecret>();
  const visit = (section: Section): void => {
    for (const setting of section.settings.values()) {
      for (const { kind, name } of kindsOf(setting, isSecretName)) {
        const { span } = setting;
        found.set(`${span.file.path} ${span.start} ${name}`, { kind, name, span });
      }
    }
    section.sections.forEach(visit);
  };
  for (const resource of model.resources.values()) visit(resource);
  return masked([...found.values()]);
}

/** Names repeat from guest to guest. */
function memoised(judge: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const answer = known.get(name) ?? judge(name);
    known.set(name, answer);
    return answer;
  };
}

/** The same places in copies of the files in which all of them are overwritten. */
function masked(secrets: readonly ClearSecret[]): readonly ClearSecret[] {
  const files = new Map<string, SourceFile>();
  for (const { span } of secrets) files.set(span.file.path, mask(files.get(span.file.path) ?? span.file, span));
  return secrets.map((secret) => ({
    ...secret,
    span: { ...secret.span, file: files.get(secret.span.file.path) ?? secret.span.file },
  }));
}

function kindsOf(setting: Setting, isSecretName: (name: string) => boolean): readonly Found[] {
  const texts = stringsIn(setting.value);
  const { name } = setting;
  if (texts.length === 0) return [];
  if (texts.some((text) => PRIVATE_KEY.test(text))) return [{ kind: "private-key", name }];
  if (texts.some((text) => CREDENTIALS.test(text))) return [{ kind: "url", name }];
  const own = isSecretName(name) && texts.some(isLiteral) ? [name] : [];
  return [...own, ...namesIn(setting.value)].map((called) => ({ kind: "name", name: called }));
}

/** The keys of maps inside a value that look like secrets and have literal values. */
function namesIn(value: Value): readonly string[] {
  if (value.type === "list") return value.items.flatMap(namesIn);
  if (value.type !== "map") return [];
  return value.entries.flatMap(([key, inner]) => {
    const isSecret = looksSecret(key) && stringsIn(inner).some(isLiteral);
    return [...(isSecret ? [key] : []), ...namesIn(inner)];
  });
}

function isLiteral(text: string): boolean {
  return !STAND_IN.test(text);
}

/** Lines and columns stay as they are. */
function mask(file: SourceFile, { start, end }: Span): SourceFile {
  const stars = file.text.slice(start, end).replace(/[^\r\n]/g, "*");
  return sourceFile(file.path, file.text.slice(0, start) + stars + file.text.slice(end));
}
