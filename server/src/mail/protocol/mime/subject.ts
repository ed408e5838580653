/** Reply and forward marks that Western and Chinese mailers put before a subject, with counters `Re[2]:` and full-width colons. */
const PREFIX =
  /^\s*(?:re|fwd?|aw|wg|sv|antw|tr|rv|回复|答复|回覆|转发|轉寄|转寄|回信)\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{0,3})\s*[::]\s*/i;
const LIST_TAG = /^\s*\[[^[\]]{1,60}\]\s*/;
const TRAILER = /\s*\(fwd\)\s*$/i;
/** Each round removes one mark; more than this are not meant. */
const MAX_ROUNDS = 50;

/** The base subject (RFC 5256 §2.1), widened to Chinese marks: what mails of one conversation have in common. */
export function baseSubject(subject: string): string {
  let text = subject.normalize('NFKC').replace(/\s+/g, ' ').trim();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let next = text.replace(TRAILER, '').replace(PREFIX, '');
    const untagged = next.replace(LIST_TAG, '');
    if (untagged !== '') next = untagged;
    const wrapped = /^\[fwd:\s*(.*)\]$/i.exec(next);
    if (wrapped?.[1] !== undefined) next = wrapped[1];
    if (next === text) break;
    text = next;
  }
  return text.trim().toLowerCase();
}
