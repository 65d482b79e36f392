/** What comes of a build: images, archives of them, and trees of files. */
export type { Built } from "./image.ts";
export { checkTags } from "./options.ts";
export { exportOutputs, type Offer } from "./outputs.ts";
