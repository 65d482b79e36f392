import type { Metastore, Table } from "../../metastore/index.ts";

/** Renames of volumes that were decided, by the old name, until their directories have the new one. */
export class VolumeRenames {
  private readonly table: Table<{ to: string }>;

  constructor(private readonly metastore: Metastore) {
    this.table = metastore.table("volume-renames");
  }

  /** One commit with what `change` writes. */
  begin(name: string, to: string, change: () => void): void {
    this.metastore.transaction(() => {
      this.table.put(name, { to });
      change();
    });
  }

  /** Done, or taken back: one commit with what `change` writes. */
  end(name: string, change: () => void = () => {}): void {
    this.metastore.transaction(() => {
      this.table.delete(name);
      change();
    });
  }

  pending(): { name: string; to: string }[] {
    return this.table.all().map(({ key, value }) => ({ name: key, to: value.to }));
  }
}
