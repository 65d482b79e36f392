import { dirname } from "node:path";
import type { Platform } from "../../../oci/platform.ts";
import { command, exactly } from "../../command.ts";
import type { Flag } from "../../flags/flag.ts";
import { string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { isKnownPlatform } from "../../manifest/platforms.ts";
import { ManifestStore } from "../../manifest/store.ts";
import { csvFields } from "../../opts/csv.ts";
import { chooseReference } from "../../opts/reference.ts";

const features: Flag<string[]> = {
  ...{ description: "Set operating system feature", placeholder: "strings", zero: [] },
  add: (text, before) => [...before, ...csvFields(text)],
};

export default command({
  usage: "[OPTIONS] MANIFEST_LIST MANIFEST",
  arity: exactly(2),
  flags: {
    arch: string("Set architecture"),
    os: string("Set operating system"),
    "os-features": features,
    "os-version": string("Set operating system version"),
    variant: string("Set architecture variant"),
  },
  async run({ flags, args: [target = "", name = ""], config }) {
    const store = new ManifestStore(dirname((await config()).path));
    const { reference: list } = chooseReference(target, false);
    const { reference: image } = chooseReference(name, false);
    const manifest = await store.get(list, image);
    if (manifest === undefined) throw wrong(`manifest for image ${name} does not exist in ${target}`);
    const { platform: before } = manifest.Descriptor;
    const osFeatures = [...new Set([...(before?.["os.features"] ?? []), ...flags["os-features"]])];
    const platform: Platform = {
      architecture: flags.arch || before?.architecture || "",
      os: flags.os || before?.os || "",
      ...given("os.version", flags["os-version"] || before?.["os.version"]),
      ...(osFeatures.length === 0 ? {} : { "os.features": osFeatures }),
      ...given("variant", flags.variant || before?.variant),
    };
    if (!isKnownPlatform(platform.os, platform.architecture)) {
      const both = `${platform.os}/${platform.architecture}`;
      throw wrong(`manifest entry for image has unsupported os/arch combination: ${both}`);
    }
    await store.save(list, image, { ...manifest, Descriptor: { ...manifest.Descriptor, platform } });
    return 0;
  },
});

const given = (key: string, value: string | undefined) => (value ? { [key]: value } : {});
