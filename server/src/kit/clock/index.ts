/** The product's one source of time, so that tests and `HONGYAN_CLOCK` can shift it. */
export interface Clock {
  now(): Date;
  /** Milliseconds since the epoch. */
  ms(): number;
}

/** A clock that runs `offsetMs` ahead of (or, negative, behind) the machine's. */
export function createClock(offsetMs = 0): Clock {
  return {
    now: () => new Date(Date.now() + offsetMs),
    ms: () => Date.now() + offsetMs,
  };
}

/** A clock that can be moved while time still flows: for tests, and for a sample whose cases lie in the past. */
export interface TravellingClock extends Clock {
  /** Moves it by so many milliseconds, forward or (negative) back. */
  travel(ms: number): void;
}

export function createTravellingClock(offsetMs = 0): TravellingClock {
  let offset = offsetMs;
  return {
    now: () => new Date(Date.now() + offset),
    ms: () => Date.now() + offset,
    travel: (ms) => {
      offset += ms;
    },
  };
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `+8d`, `-3h`, `90s` into milliseconds; undefined when it is none of these. */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-]?)(\d{1,6})([smhd])$/.exec(text.trim());
  if (!match) return undefined;
  const unit = UNITS[match[3] ?? ''];
  if (unit === undefined) return undefined;
  return (match[1] === '-' ? -1 : 1) * Number(match[2]) * unit;
}
