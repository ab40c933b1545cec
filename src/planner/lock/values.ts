import type { DrawSort } from "../../model/drawn.js";
import { formatIp, parseIp } from "../../text/ip.js";

/** Drawn values as numbers, in which ranges are searched, and as the text that the files and the lock file have. */

/** The number of a value; undefined for text that phxc would not write. */
export function numberOfValue(sort: DrawSort, text: string): bigint | undefined {
  switch (sort) {
    case "id":
      return /^[1-9]\d{0,8}$/.test(text) ? BigInt(text) : undefined;
    case "ip": {
      const ip = parseIp(text);
      return ip !== undefined && formatIp(ip) === text ? ip.value : undefined;
    }
    case "mac":
      return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text) ? BigInt(`0x${text.replaceAll(":", "")}`) : undefined;
  }
}

/** The text of a number; `like`: a text of the same family, for addresses. */
export function textOfNumber(sort: DrawSort, value: bigint, like: string): string {
  switch (sort) {
    case "id":
      return String(value);
    case "ip":
      return formatIp({ version: like.includes(":") ? 6 : 4, value });
    case "mac":
      return (value.toString(16).padStart(12, "0").match(/../g) ?? []).join(":");
  }
}
