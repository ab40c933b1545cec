import { diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings about blocks, profiles and references: PHX3060 to PHX3099. */

export const unknownKind = diagnosticKind<{ keyword: string; suggested: string | undefined; kinds: readonly string[] }>(
  {
    code: "PHX3060",
    severity: "error",
    title: "an unknown kind of block",
    message: ({ keyword, suggested }) => `there is no kind \`${keyword}\`${suggestion(suggested)}`,
    help: ({ kinds }) => `the kinds are ${kinds.join(", ")}`,
  },
);

export const unknownAttribute = diagnosticKind<{ name: string; where: string; suggested: string | undefined }>({
  code: "PHX3061",
  severity: "error",
  title: "an unknown attribute",
  message: ({ name, where, suggested }) => `${where} has no attribute \`${name}\`${suggestion(suggested)}`,
});

export const unknownBlock = diagnosticKind<{ keyword: string; where: string; suggested: string | undefined }>({
  code: "PHX3062",
  severity: "error",
  title: "an unknown block inside a block",
  message: ({ keyword, where, suggested }) => `${where} has no block \`${keyword}\`${suggestion(suggested)}`,
});

export const blockForAttribute = diagnosticKind<{ name: string; where: string }>({
  code: "PHX3063",
  severity: "error",
  title: "an attribute written as a block",
  message: ({ name, where }) => `\`${name}\` is an attribute of ${where}, not a block; write \`${name} = ...\``,
});

export const attributeForBlock = diagnosticKind<{ name: string; where: string; form: string }>({
  code: "PHX3064",
  severity: "error",
  title: "a block written as an attribute",
  message: ({ name, where, form }) => `\`${name}\` is a block of ${where}, not an attribute; write \`${form}\``,
});

export const missingArgument = diagnosticKind<{ keyword: string; argument: string; form: string }>({
  code: "PHX3065",
  severity: "error",
  title: "a block without one of its arguments",
  message: ({ keyword, argument, form }) => `\`${keyword}\` needs its ${argument}: \`${form}\``,
});

export const surplusArgument = diagnosticKind<{ keyword: string; form: string }>({
  code: "PHX3066",
  severity: "error",
  title: "a block with too many arguments",
  message: ({ keyword, form }) => `\`${keyword}\` takes no further argument here: \`${form}\``,
});

export const duplicateAttribute = diagnosticKind<{ name: string; where: string }>({
  code: "PHX3067",
  severity: "error",
  title: "an attribute that is set twice",
  message: ({ name, where }) => `${where} sets \`${name}\` twice`,
  help: "keep one of them; `+=` adds to a list",
});

export const duplicateBlock = diagnosticKind<{ block: string; where: string }>({
  code: "PHX3068",
  severity: "error",
  title: "a block that is there twice",
  message: ({ block, where }) => `${where} has \`${block}\` twice`,
  help: "put everything into one of them",
});

export const missingAttribute = diagnosticKind<{ name: string; where: string; doc: string }>({
  code: "PHX3069",
  severity: "error",
  title: "a required attribute is missing",
  message: ({ name, where }) => `${where} needs \`${name}\``,
  help: ({ name, doc }) => `${name}: ${doc}`,
});

export const attributeAtFileLevel = diagnosticKind<{ name: string }>({
  code: "PHX3070",
  severity: "error",
  title: "an attribute outside any block",
  message: ({ name }) => `\`${name} = ...\` belongs into a block`,
  help: ({ name }) => `for a value of your own write \`let ${name} = ...\``,
});

export const badFreeName = diagnosticKind<{ name: string; where: string; describe: string }>({
  code: "PHX3071",
  severity: "error",
  title: "a free attribute with a name that is not accepted",
  message: ({ name, where, describe }) => `\`${name}\` cannot be set in ${where}: names there are ${describe}`,
});

export const extendsNotTaken = diagnosticKind<{ keyword: string; kinds: readonly string[] }>({
  code: "PHX3072",
  severity: "error",
  title: "extends on a block that takes no profile",
  message: ({ keyword }) => `\`${keyword}\` takes no profile`,
  help: ({ kinds }) => `profiles are for ${kinds.join(", ")}, and for other profiles`,
});

export const belongsElsewhere = diagnosticKind<{ name: string; where: string; homes: readonly string[] }>({
  code: "PHX3073",
  severity: "error",
  title: "an attribute in the wrong block",
  message: ({ name, where, homes }) =>
    `\`${name}\` is not an attribute of ${where}; it belongs into ${homes.join(" or ")}`,
});

export const unknownProfile = diagnosticKind<{ name: string; suggested: string | undefined }>({
  code: "PHX3080",
  severity: "error",
  title: "an unknown profile",
  message: ({ name, suggested }) => `there is no profile \`${name}\`${suggestion(suggested)}`,
});

export const profileCycle = diagnosticKind<{ chain: readonly string[] }>({
  code: "PHX3081",
  severity: "error",
  title: "profiles that extend each other",
  message: ({ chain }) => `this profile extends itself: ${chain.join(" -> ")}`,
});

export const duplicateProfile = diagnosticKind<{ name: string }>({
  code: "PHX3082",
  severity: "error",
  title: "two profiles of one name",
  message: ({ name }) => `profile \`${name}\` is declared already`,
});

export const unknownReference = diagnosticKind<{
  name: string;
  attribute: string;
  kinds: readonly string[];
  suggested: string | undefined;
}>({
  code: "PHX3090",
  severity: "error",
  title: "a reference to something that no file declares",
  message: ({ name, attribute, kinds, suggested }) =>
    `\`${attribute}\` takes the name of ${anyOf(kinds)}; none is called \`${name}\`${suggestion(suggested)}`,
});

export const ambiguousReference = diagnosticKind<{ name: string; first: string; second: string }>({
  code: "PHX3091",
  severity: "error",
  title: "a name that two things have",
  message: ({ name, first, second }) => `\`${name}\` could be ${first} or ${second}`,
  help: ({ first }) => `say which with its kind: \`${first}\``,
});

export const wrongKind = diagnosticKind<{ attribute: string; name: string; kind: string; kinds: readonly string[] }>({
  code: "PHX3092",
  severity: "error",
  title: "a reference to something of another kind",
  message: ({ attribute, name, kind, kinds }) =>
    `\`${attribute}\` takes the name of ${anyOf(kinds)}; \`${name}\` is of the kind ${kind}`,
});

export const duplicateId = diagnosticKind<{ id: number; first: string }>({
  code: "PHX3093",
  severity: "error",
  title: "an id that is used twice",
  message: ({ id, first }) => `the id ${id} is taken by ${first}`,
});

export const duplicateName = diagnosticKind<{ name: string; first: string }>({
  code: "PHX3094",
  severity: "error",
  title: "a name that is used twice",
  message: ({ name, first }) => `the name \`${name}\` is taken by ${first}`,
  help: "names are compared without regard to case",
});

export const dependencyCycle = diagnosticKind<{ chain: string }>({
  code: "PHX3095",
  severity: "error",
  title: "things that need each other first",
  message: ({ chain }) => `nothing can come first in this cycle: ${chain}`,
  help: "drop one of these dependencies",
});

/** `a vm, a ct or an image` */
function anyOf(kinds: readonly string[]): string {
  const words = kinds.map((kind) => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`));
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** PHX3060 to PHX3099. */
export const structureDiagnostics = [
  unknownKind,
  unknownAttribute,
  unknownBlock,
  blockForAttribute,
  attributeForBlock,
  missingArgument,
  surplusArgument,
  duplicateAttribute,
  duplicateBlock,
  missingAttribute,
  attributeAtFileLevel,
  badFreeName,
  extendsNotTaken,
  belongsElsewhere,
  unknownProfile,
  profileCycle,
  duplicateProfile,
  unknownReference,
  ambiguousReference,
  wrongKind,
  duplicateId,
  duplicateName,
  dependencyCycle,
] as const;
