/** What a delivery report says (RFC 3464): did it fail for good, and is the address itself to blame? */
export interface FailureReport {
  /** Nobody has this address (5.1.x): it will not mend itself. */
  deadAddress: boolean;
}

/** Fields of one recipient are looked at, and so many of them. */
const MAX_RECIPIENTS = 20;

/**
 * Reads the content of a message/delivery-status part. Undefined unless a recipient failed: delays, successes and
 * automatic answers say nothing against an address.
 */
export function readFailure(text: string): FailureReport | undefined {
  const blocks = text
    .replace(/\r/g, '')
    .split(/\n{2,}/)
    .slice(0, MAX_RECIPIENTS + 1);
  for (const block of blocks) {
    if (!/^action:[ \t]*failed\b/im.test(block)) continue;
    const status = /^status:[ \t]*(\d)\.(\d{1,3})\.\d{1,3}/im.exec(block);
    if (status?.[1] === '4') continue;
    return { deadAddress: status?.[1] === '5' && status[2] === '1' };
  }
  return undefined;
}
