/** Compares texts as people order them: numbers within by their value, "web2" before "web10". */
export function naturally(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compare(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length || plainly(a, b);
}

const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];

function compare(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return plainly(a, b);
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return left.length - right.length || plainly(left, right);
}

const plainly = (a: string, b: string) => (a < b ? -1 : Number(a > b));
