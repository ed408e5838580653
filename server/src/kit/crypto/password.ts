import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/**
 * argon2id (the library's default variant) in the library's native thread pool, so the event loop never hashes.
 * The cost is calibrated once at start, and never below the OWASP minimum (19 MiB, two passes, one lane).
 */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hashed: string, password: string): Promise<boolean>;
  /** Takes as long as `verify` of a wrong password: for unknown users, so that time tells nothing. */
  verifyNothing(password: string): Promise<false>;
}

export interface PasswordCost {
  /** KiB. */
  memoryCost: number;
  timeCost: number;
}

const MINIMUM: PasswordCost = { memoryCost: 19_456, timeCost: 2 };
/** Above this a sign-in storm would starve everything else on a small machine. */
const TARGET_MS = 60;
/** How many hashes may run at once: each holds `memoryCost`, and the pool is shared with file I/O. */
const PARALLEL = 2;

export async function createPasswordHasher(cost?: PasswordCost): Promise<PasswordHasher> {
  const options = { parallelism: 1, ...(cost ?? (await calibrate())) };
  const decoy = await hash(randomBytes(16), options);
  let running = 0;
  const waiting: (() => void)[] = [];

  async function limited<T>(work: () => Promise<T>): Promise<T> {
    if (running >= PARALLEL) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  return {
    hash: (password) => limited(() => hash(normalize(password), options)),
    verify: (hashed, password) => limited(() => verify(hashed, normalize(password)).catch(() => false)),
    verifyNothing: async (password) => {
      await limited(() => verify(decoy, normalize(password)).catch(() => false));
      return false;
    },
  };
}

/** NIST SP 800-63B §3.1.1.2: the same characters typed on two keyboards must be the same password. */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

async function calibrate(): Promise<PasswordCost> {
  let cost = MINIMUM;
  for (const candidate of [
    MINIMUM,
    { memoryCost: 32_768, timeCost: 2 },
    { memoryCost: 47_104, timeCost: 2 },
  ]) {
    const start = performance.now();
    await hash('calibration', { parallelism: 1, ...candidate });
    if (performance.now() - start > TARGET_MS) break;
    cost = candidate;
  }
  return cost;
}
