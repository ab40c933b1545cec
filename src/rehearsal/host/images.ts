import { readFileSync } from "node:fs";

/** What stands in the file of a simulated image: a few bytes that say what it would be. */
export interface ImageText {
  /** Virtual size in bytes. */
  readonly size: number;
  /** What its checksum is to be. */
  readonly sha256?: string;
  readonly sha512?: string;
  /** The program that unpacks it: before that it is not what it would be. */
  readonly packed?: string;
  /** It is an archive with an OCI image, whose entrypoint this is. */
  readonly entrypoint?: string;
}

const mark = "simulated image ";

/** The text of an image's file; it goes with the file wherever that is moved. */
export function imageText(image: ImageText): string {
  return `${mark}${JSON.stringify(image)}\n`;
}

/** What an image's file says; undefined for any other file. */
export function readImage(path: string): ImageText | undefined {
  const text = readFileSync(path, "utf8").slice(0, 1000);
  if (!text.startsWith(mark)) return undefined;
  try {
    return JSON.parse(text.slice(mark.length)) as ImageText;
  } catch {
    return undefined;
  }
}
