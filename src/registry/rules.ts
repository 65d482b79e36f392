import type { RegistryRule, RegistrySettings } from "./settings.ts";

/** The rule for a domain: its own, or that of the longest `*.suffix` that it is below. */
export function ruleFor(domain: string, rules: RegistrySettings["rules"]): RegistryRule | undefined {
  if (Object.hasOwn(rules, domain)) return rules[domain];
  const [longest] = Object.keys(rules)
    .filter((pattern) => pattern.startsWith("*.") && domain.endsWith(pattern.slice(1)))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : rules[longest];
}
