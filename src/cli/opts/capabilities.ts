export interface Capabilities {
  CapAdd: string[] | null;
  CapDrop: string[] | null;
}

/** `--cap-add` and `--cap-drop` in full names, sorted; what is added and dropped both is added. */
export function effectiveCapabilities(add: readonly string[], drop: readonly string[]): Capabilities {
  const added = fullNames(add);
  const dropped = fullNames(drop);
  for (const name of added) dropped.delete(name);
  return { CapAdd: sorted(added), CapDrop: sorted(dropped) };
}

function fullNames(names: readonly string[]): Set<string> {
  const full = names.map((name) => {
    const upper = name.trim().toUpperCase();
    return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  });
  return new Set(full.includes("ALL") ? ["ALL"] : full);
}

function sorted(names: ReadonlySet<string>): string[] | null {
  return names.size === 0 ? null : [...names].sort();
}
