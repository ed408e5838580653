/**
 * Whether octets go beyond what DATA can carry (RFC 3030 §3): NUL, or CR and LF that do not stand together. Fed in
 * pieces; a line of any length counts as text.
 */
export function createBinaryDetector(): { push(chunk: Buffer): boolean } {
  let afterCr = false;
  let binary = false;
  return {
    push(chunk) {
      if (binary || chunk.length === 0) return binary;
      binary = chunk.includes(0) || hasBareEnd(chunk, afterCr);
      afterCr = chunk.at(-1) === 0x0d;
      return binary;
    },
  };
}

function hasBareEnd(chunk: Buffer, afterCr: boolean): boolean {
  if (afterCr && chunk[0] !== 0x0a) return true;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1))
    if (at === 0 ? !afterCr : chunk[at - 1] !== 0x0d) return true;
  for (let at = chunk.indexOf(0x0d); at >= 0; at = chunk.indexOf(0x0d, at + 1))
    if (at + 1 < chunk.length && chunk[at + 1] !== 0x0a) return true;
  return false;
}
