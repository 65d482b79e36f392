/** Whether somebody listens. A connection is opened and dropped, which costs less than a failed request. */
export async function answers(socket: string): Promise<boolean> {
  try {
    const probe = await Bun.connect({ unix: socket, socket: { data() {}, connectError() {} } });
    probe.terminate();
    return true;
  } catch {
    // Nobody listens or the file is not there; a permission problem shows in the request itself.
    return false;
  }
}
