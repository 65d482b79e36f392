import { checkDockerfile } from "../convert/check.ts";
import type { FrontendOptions } from "../convert/model.ts";
import { base, optionsFor } from "../convert/testing.ts";

export interface Checked {
  readonly rule: string;
  readonly message: string;
  readonly line: number;
  readonly url: string | undefined;
}

/** What is found in a Dockerfile whose context leaves out `tmp`; the image `debian` is known, and no other. */
export async function checked(text: string, more: Partial<FrontendOptions> = {}): Promise<Checked[]> {
  const contexts = new Map([["context", { kind: "local", name: "context", ignore: ["tmp"] } as const]]);
  const options = { ...optionsFor(text), contexts, platforms: [], ...more };
  const warnings = await checkDockerfile(options, (reference, platform) =>
    reference.startsWith("docker.io/library/debian") ? base(reference, {}, platform) : undefined,
  );
  return warnings.map(({ short, range, url }) => {
    const text = Buffer.from(short, "base64").toString();
    const [, rule = "", message = ""] = /^(\w+): (.*) \(line \d+\)$/s.exec(text) ?? [];
    return { rule, message, line: range?.[0]?.start.line ?? 0, url };
  });
}
