import type { InfoResponse } from "../../api/index.ts";
import { isCidr, type RegistrySettings } from "../../registry/index.ts";
import { withoutPassword } from "../config/registry.ts";

type RegistryInfo = Pick<InfoResponse, "RegistryConfig" | "HttpProxy" | "HttpsProxy" | "NoProxy">;

/** What `GET /info` says of registries. Docker's mirrors end with a slash. */
export function registryInfo({ insecure, rules, proxies }: RegistrySettings): RegistryInfo {
  const mirrorsOf = (domain: string) =>
    (rules[domain]?.mirrors ?? []).map((mirror) => `${mirror.replace(/\/$/, "")}/`);
  const hosts = insecure.filter((entry) => !isCidr(entry));
  const domains = new Set([...Object.keys(rules), ...hosts, "docker.io"]);
  const indexes = [...domains].map((domain) => {
    const trusted = rules[domain]?.insecure ?? hosts.includes(domain);
    return [
      domain,
      { Name: domain, Mirrors: mirrorsOf(domain), Secure: !trusted, Official: domain === "docker.io" },
    ];
  });
  return {
    RegistryConfig: {
      InsecureRegistryCIDRs: ["::1/128", "127.0.0.0/8", ...insecure.filter(isCidr)],
      IndexConfigs: Object.fromEntries(indexes),
      Mirrors: mirrorsOf("docker.io"),
    },
    HttpProxy: withoutPassword(proxies.http ?? ""),
    HttpsProxy: withoutPassword(proxies.https ?? ""),
    NoProxy: proxies.none ?? "",
  };
}
