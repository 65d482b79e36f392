export { outlineDockerfile } from "./outline-dockerfile.ts";
export { listTargets } from "./targets.ts";
