/** Workflow code that takes some seconds of processor time in one go, as any code may on a machine short of processors. */
export async function slow(turns: number): Promise<number> {
  let sum = await Promise.resolve(0);
  for (let n = 0; n < turns; n++) sum = (sum + n) % 1_000_003;
  return sum;
}
