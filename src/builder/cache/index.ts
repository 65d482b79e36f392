export { BuildCache, type BuildCacheOptions } from "./build-cache.ts";
export { RememberedChecksums } from "./checksums.ts";
export type { CacheDirectories, CacheDirectory } from "./item.ts";
