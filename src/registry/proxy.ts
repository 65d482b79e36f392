import { isIP } from "node:net";
import { isLoopback, parseAddresses } from "./addresses.ts";
import type { RegistrySettings } from "./settings.ts";

/** The proxy for a request, as Go's httpproxy decides it: never for loopback addresses, nor for what `none` names. */
export function proxyFor(url: URL, proxies: RegistrySettings["proxies"]): string | undefined {
  const proxy = url.protocol === "https:" ? proxies.https : proxies.http;
  if (!proxy) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || isLoopback(host)) return undefined;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const rules = (proxies.none ?? "").split(",").map((rule) => rule.trim().toLowerCase());
  if (rules.some((rule) => rule !== "" && excludes(rule, host, port))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** A rule is `*`, an address, a CIDR, `example.com` (and all below it) or `.example.com` (only those), with or without a port. */
function excludes(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  if (rule.includes("/")) return isIP(host) !== 0 && parseAddresses([rule]).has(host);
  const [, bracketed, plain = "", wanted] =
    /^(?:\[([^\]]*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(rule) ?? [];
  if (wanted !== undefined && isIP(rule) === 0 && wanted !== port) return false;
  const name = isIP(rule) === 0 ? (bracketed ?? plain) : rule;
  if (isIP(name) !== 0) return name === host;
  const suffix = name.replace(/^\*/, "");
  return suffix.startsWith(".") ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}
