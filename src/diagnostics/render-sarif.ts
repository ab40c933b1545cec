import type * as Sarif from "sarif";
import { position } from "../text/source.js";
import type { Span } from "../text/source.js";
import { conceal } from "./conceal.js";
import type { Diagnostic } from "./diagnostic.js";

export interface SarifOptions {
  /** Of the compiler. */
  readonly version: string;
  /** A finding's title by its code, from the catalogue. */
  readonly title?: (code: string) => string | undefined;
}

/** Findings as a SARIF 2.1.0 log (OASIS standard), as code hosts and editors import it; ends in a newline. */
export function renderSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): string {
  const codes = [...new Set(diagnostics.map((d) => d.code))].toSorted();
  const log: Sarif.Log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "phxc", version: options.version, rules: codes.map((code) => rule(code, options)) } },
        columnKind: "utf16CodeUnits",
        results: conceal(diagnostics).map((finding) => result(finding, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: string, options: SarifOptions): Sarif.ReportingDescriptor {
  const title = options.title?.(code);
  return { id: code, ...(title === undefined ? {} : { shortDescription: { text: title } }) };
}

function result(finding: Diagnostic, codes: readonly string[]): Sarif.Result {
  const help = finding.help === undefined ? "" : `\n${finding.help}`;
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: finding.severity,
    message: { text: finding.message + help },
    locations: [{ physicalLocation: physicalLocation(finding.span) }],
    ...(finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map((related) => ({
            message: { text: related.message },
            physicalLocation: physicalLocation(related.span),
          })),
        }),
    ...(finding.fix === undefined ? {} : { fixes: [fix(finding.fix)] }),
  };
}

function fix(change: { readonly title: string; readonly span: Span; readonly replacement: string }): Sarif.Fix {
  return {
    description: { text: change.title },
    artifactChanges: [
      {
        artifactLocation: artifact(change.span),
        replacements: [{ deletedRegion: region(change.span), insertedContent: { text: change.replacement } }],
      },
    ],
  };
}

function physicalLocation(at: Span): Sarif.PhysicalLocation {
  return { artifactLocation: artifact(at), region: region(at) };
}

/** A relative path is a URI reference once its characters are encoded; the detour by UTF-8 replaces lone surrogates. */
function artifact(at: Span): Sarif.ArtifactLocation {
  const path = Buffer.from(at.file.path, "utf8").toString("utf8");
  return { uri: path.split("/").map(encodeURIComponent).join("/") };
}

function region(at: Span): Sarif.Region {
  const start = position(at.file, at.start);
  const end = position(at.file, at.end);
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: at.start,
    charLength: at.end - at.start,
  };
}
