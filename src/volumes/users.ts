/** Who has which volume mounted: containers' ids, in memory only. The next engine finds them by what runs. */
export class VolumeUsers {
  readonly #users = new Map<string, Set<string>>();

  add(volume: string, user: string): void {
    const users = this.#users.get(volume) ?? new Set();
    this.#users.set(volume, users.add(user));
  }

  has(volume: string, user: string): boolean {
    return this.#users.get(volume)?.has(user) ?? false;
  }

  count(volume: string): number {
    return this.#users.get(volume)?.size ?? 0;
  }

  delete(volume: string, user: string): void {
    const users = this.#users.get(volume);
    users?.delete(user);
    if (users?.size === 0) this.#users.delete(volume);
  }

  /** Who has a volume. */
  list(volume: string): string[] {
    return [...(this.#users.get(volume) ?? [])];
  }

  /** A volume has another name from now on. */
  rename(volume: string, to: string): void {
    const users = this.#users.get(volume);
    if (users === undefined) return;
    this.#users.delete(volume);
    this.#users.set(to, users);
  }

  /** The users of a volume, by id. */
  users(volume: string): string[] {
    return [...(this.#users.get(volume) ?? [])];
  }

  /** The volumes that a user has. */
  of(user: string): string[] {
    return [...this.#users].filter(([, users]) => users.has(user)).map(([volume]) => volume);
  }
}
