import type { BuildOutline } from "../../../api/build.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Edge, ExecMount, Vertex } from "../../graph/index.ts";
import type { Conversion } from "../convert/conversion.ts";
import type { StageState } from "../convert/stage-state.ts";
import type { Range } from "../parser/index.ts";
import { type OutlinedArg, outlineArgs } from "./outline-args.ts";
import { descriptionOf, given, locationOf } from "./written.ts";

/** What is known of a target when its graph is made. */
export interface Outlined {
  readonly conversion: Conversion;
  readonly state: StageState;
  readonly tree: Edge;
}

/** What a target, and all that it needs, takes from whoever builds it: arguments, secrets, agents; in the order of the file. */
export function outlineOf({ conversion, state, tree }: Outlined): BuildOutline {
  const { places, source } = conversion;
  const args = outlineArgs(conversion, state).map(({ name, value, description, range }: OutlinedArg) => ({
    name,
    ...given("description", description),
    ...given("value", value),
    location: locationOf(range),
  }));
  const mounts = mountsOf(tree, places);
  const [secrets, ssh] = [mountsNamed("secret", mounts), mountsNamed("ssh", mounts)];
  const description = state.stage && descriptionOf(state.stage.from.node, state.name);
  return {
    ...given("name", state.name),
    ...given("description", description),
    ...(args.length > 0 ? { args } : {}),
    ...(secrets.length > 0 ? { secrets } : {}),
    ...(ssh.length > 0 ? { ssh } : {}),
    sources: [Buffer.from(source.text).toString("base64")],
  };
}

interface Placed {
  readonly mount: ExecMount;
  readonly range: Range;
}

/** The mounts of all RUN instructions that a tree is made by. */
function mountsOf(tree: Edge, places: ReadonlyMap<Digest, Range>): Placed[] {
  const vertices = new Set<Vertex>(tree === undefined ? [] : [tree]);
  for (const { inputs } of vertices) for (const input of inputs) if (input !== undefined) vertices.add(input);
  const found = [...vertices].flatMap(({ op, digest }) => {
    const range = places.get(digest);
    return op.kind !== "exec" || range === undefined ? [] : op.mounts.map((mount) => ({ mount, range }));
  });
  return found.sort((a, b) => a.range.start.line - b.range.start.line);
}

function mountsNamed(type: "secret" | "ssh", mounts: readonly Placed[]) {
  const named = new Map<
    string,
    { name: string; required?: boolean; location: ReturnType<typeof locationOf> }
  >();
  for (const { mount, range } of mounts) {
    if (mount.type !== type || named.has(mount.id)) continue;
    named.set(mount.id, {
      name: mount.id,
      ...given("required", mount.required),
      location: locationOf(range),
    });
  }
  return [...named.values()];
}
