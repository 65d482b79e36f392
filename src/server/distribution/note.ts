const notes = new WeakMap<Response, string>();

/** An answer, and what the access log says of it. */
export function noted(answer: Response, note: string): Response {
  notes.set(answer, note);
  return answer;
}

export function noteOf(answer: Response): string | undefined {
  return notes.get(answer);
}
