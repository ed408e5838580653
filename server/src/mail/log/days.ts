/** The institution's clock: all of China has one zone. */
const ZONE = '+08:00';
const DAY_MS = 86_400_000;

/** From the start of the first day to the end of the last; both may be open. */
export function dayRange(
  from: string | undefined,
  to: string | undefined,
): { from: Date | undefined; before: Date | undefined } {
  const start = (day: string) => new Date(`${day}T00:00:00${ZONE}`);
  return {
    from: from === undefined ? undefined : start(from),
    before: to === undefined ? undefined : new Date(start(to).getTime() + DAY_MS),
  };
}
