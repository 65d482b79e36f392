import { apiVersion, minimumApiVersion } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";

/** The version that a request asks for; `since(42)` reads "1.42 or newer". */
export class ApiVersion {
  constructor(readonly minor: number) {}

  since(minor: number): boolean {
    return this.minor >= minor;
  }

  before(minor: number): boolean {
    return this.minor < minor;
  }
}

const minorOf = (version: string): number => Number(version.slice(2));
const newest = minorOf(apiVersion);
const oldest = minorOf(minimumApiVersion);
const versions = new Map<string, ApiVersion>();
for (let minor = oldest; minor <= newest; minor++) versions.set(`1.${minor}`, new ApiVersion(minor));

export const newestVersion: ApiVersion = versions.get(apiVersion)!;

/** Throws `invalid` in Docker's words for versions that are not spoken: clients look for them. */
export function negotiate(version: string): ApiVersion {
  const known = versions.get(version);
  if (known !== undefined) return known;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 1 || (major === 1 && minor > newest)) {
    throw invalid(`client version ${version} is too new. Maximum supported API version is ${apiVersion}`);
  }
  throw invalid(
    `client version ${version} is too old. Minimum supported API version is ${minimumApiVersion}, ` +
      "please upgrade your client to a newer version",
  );
}
