import manifest from "../../package.json" with { type: "json" };

/** This release's version, from package.json. */
export const productVersion: string = manifest.version;

/** The commit it was built from; the build defines it. */
export const gitCommit: string = process.env.SLIPWAY_GIT_COMMIT ?? "unknown";

/** When it was built, RFC3339; the build defines it. */
export const buildTime: string = process.env.SLIPWAY_BUILD_TIME ?? "unknown";
