import { defineRule, diagnose, didYouMean, resourcesOf, settingOf, stringOf } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { imageUnknown } from "../findings/resources.js";

/** What a guest is made from is a declared image, a volume of a storage, or a path: any other word is a misspelt name. */
export const imageUnknownRule = defineRule({
  name: "image/unknown",
  check(model, report) {
    const names = resourcesOf(model, "image").map((image) => image.name);
    for (const { resource, label } of factsOf(model).guests) {
      const setting = settingOf(resource, "image");
      const image = setting?.value.type === "string" ? stringOf(resource, "image") : undefined;
      if (setting === undefined || image === undefined || isPlace(image)) continue;
      const suggested = didYouMean(image, names);
      const fix =
        suggested === undefined
          ? {}
          : { fix: { title: `write ${suggested}`, span: setting.span, replacement: suggested } };
      const help = /^https?:/.test(image)
        ? { help: "Declare `image NAME { url = ... }`, and write its name here." }
        : {};
      const args = { image, guest: label, kind: resource.kind, suggested };
      report(diagnose(imageUnknown, setting.span, args, { ...fix, ...help }));
    }
  },
});

/** A path of the host, or a volume: the name of a storage, a colon and more that is no URL's. */
function isPlace(image: string): boolean {
  return /^(?:\/|[A-Za-z][A-Za-z0-9._-]*:(?!\/\/).)/.test(image);
}
