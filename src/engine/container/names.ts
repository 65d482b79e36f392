import { invalid } from "../../errors/index.ts";

const adjectives = (
  "able agile amber ample apt avid azure bold brave breezy bright brisk calm candid cheery clever cosy crisp " +
  "curious daring deft eager earnest easy fair famous fearless festive fleet fluent fond frank gallant gentle " +
  "gifted glad golden graceful grand happy hardy hearty honest humble jolly jovial keen kind lively loyal lucid " +
  "lucky mellow merry mighty modest nimble noble patient peppy placid polite proud quick quiet rapid ready " +
  "serene sharp silent silver sincere smart snappy snug solid spry stable steady stoic sunny swift tidy tranquil " +
  "trusty upbeat valiant vivid warm witty worthy zesty"
).split(" ");

/** People of science, engineering and exploration. */
const surnames = (
  "abel agnesi ampere archimedes avogadro babbage banneker bardeen bassi becquerel bell bernoulli bessemer bohr " +
  "boole brahe braille brunel cannon cantor carver cauchy celsius chandra clarke cori coulomb cray curie dalton " +
  "darwin descartes diesel dijkstra dirac earhart eckert edison einstein erdos euler faraday fermat fermi feynman " +
  "fibonacci fleming foucault franklin fresnel galileo galois gauss germain gibbs goddard goedel goodall halley " +
  "hamilton harvey heisenberg herschel hertz hilbert hodgkin hopper hubble humboldt huygens hypatia jacquard joule " +
  "kelvin kepler knuth kovalevsky lagrange lamarr laplace lavoisier leavitt leibniz linnaeus lise lister lovelace " +
  "mach maxwell mccarthy meitner mendel mendeleev mercator milankovitch mirzakhani morse nansen napier newton " +
  "nightingale nobel noether ohm pascal pasteur pauli pauling payne perlman planck poincare ptolemy ramanujan " +
  "riemann ritchie roentgen rubin rutherford sagan salk sanger shannon shockley somerville stokes tereshkova tesla " +
  "thales thompson torvalds turing vesalius volta watt wegener wiles wozniak wright wu yalow yonath zuse"
).split(" ");

const pick = (words: readonly string[]) => words[Math.floor(Math.random() * words.length)] ?? "";

/** A name in Docker's manner, `adjective_surname`, that `taken` does not have. */
export function generateName(taken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    // A digit makes room once the plain names become rare, as Docker does.
    const suffix = attempt < 3 ? "" : String(Math.floor(Math.random() * 10 ** (attempt - 2)));
    const name = `${pick(adjectives)}_${pick(surnames)}${suffix}`;
    if (!taken(name)) return name;
  }
}

/** A name as the user gave it, without the leading slash that clients may send. */
export function checkName(name: string): string {
  const bare = name.startsWith("/") ? name.slice(1) : name;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(bare)) {
    throw invalid(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  return bare;
}
