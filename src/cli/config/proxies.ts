import type { ConfigValues, ProxyValues } from "./values.ts";

const variables: Record<string, keyof ProxyValues> = {
  HTTP_PROXY: "httpProxy",
  HTTPS_PROXY: "httpsProxy",
  NO_PROXY: "noProxy",
  FTP_PROXY: "ftpProxy",
  ALL_PROXY: "allProxy",
};

/** A container's environment with the proxies that are configured for the engine `host`; what is set already stays. */
export function withProxies(env: readonly string[], { proxies }: ConfigValues, host: string): string[] {
  const configured = proxies?.[host] ?? proxies?.default ?? {};
  const set = new Set(env.map((entry) => entry.split("=", 1)[0]));
  const added = Object.entries(variables).flatMap(([name, key]) => {
    const value = configured[key];
    const missing = [name, name.toLowerCase()].filter((spelling) => !set.has(spelling));
    return value ? missing.map((spelling) => `${spelling}=${value}`) : [];
  });
  return [...env, ...added];
}
