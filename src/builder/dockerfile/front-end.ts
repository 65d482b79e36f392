import { parseReference } from "../../oci/reference.ts";
import { DockerfileError, readDirectives, type Source } from "./parser/index.ts";

/**
 * `# syntax=IMAGE`, and the build argument BUILDKIT_SYNTAX, name the front end that is to read a file. That of Dockerfiles
 * is built in, whatever its version and wherever its image is mirrored. Throws DockerfileError for every other one: what it would make
 * of the file nobody here knows.
 */
export function checkFrontEnd(source: Source, argument: string | undefined): void {
  const directive = readDirectives(source.text.replace(/^\uFEFF/, "").split(/\r?\n/), source).find(
    ({ name }) => name === "syntax",
  );
  const [image = ""] = (argument || directive?.value || "").split(/\s/);
  if (image === "" || isDockerfiles(image)) return;
  const message = `the front end ${image} cannot be used: Dockerfiles are read by the built-in front end, which stands for docker/dockerfile:1`;
  const range = directive?.range ?? { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } };
  throw new DockerfileError(message, source, range);
}

function isDockerfiles(image: string): boolean {
  try {
    return /(^|\/)docker\/dockerfile(-upstream)?$/.test(parseReference(image).path);
  } catch {
    // What is no name of an image is none of this one's.
    return false;
  }
}
