import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../kit/clock/index.ts';
import type { Box } from '../../kit/crypto/index.ts';
import { afterCommit, type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import * as store from './keys.store.ts';
import type { SigningKey } from './sign.ts';

const generate = promisify(generateKeyPair);
const COLUMN = 'mail.dkim_key';
export const KEYS_CHANGED = 'mail-dkim';
/** How long a key stays published after it has signed last: longer than mail waits in any queue. */
const RETIRING_MS = 14 * 86_400_000;

export interface KeyParts {
  db: Db;
  clock: Clock;
  box: Box;
  signals: Signals;
  dns: DnsResolver;
}

export interface DkimKeys {
  /** Keys that sign for a domain, RSA first; from memory. */
  active(domain: string): Promise<readonly SigningKey[]>;
  /** Makes an RSA and an Ed25519 key, planned: to be published, not yet to sign with. */
  plan(tx: Tx, domain: string): Promise<void>;
  /** Whether DNS shows exactly this key. */
  published(row: store.KeyRow): Promise<'yes' | 'no' | 'unknown'>;
  /** The key begins to sign, its predecessor retires. */
  activate(tx: Tx, row: store.KeyRow): Promise<void>;
  retire(tx: Tx, row: store.KeyRow): Promise<void>;
  /**
   * Daily: planned keys that DNS shows begin to sign, retiring ones end, and where the newest active key is older
   * than `rotateDays` its successor is planned (0 = never).
   */
  rotate(rotateDays: number): Promise<void>;
}

export function createDkimKeys(parts: KeyParts): DkimKeys {
  const { db, clock, box, signals, dns } = parts;
  let cached: Promise<ReadonlyMap<string, SigningKey[]>> | undefined;
  signals.on(KEYS_CHANGED, () => {
    cached = undefined;
  });
  const changed = (tx: Tx) => afterCommit(tx, () => signals.send(KEYS_CHANGED, ''));

  async function load(): Promise<ReadonlyMap<string, SigningKey[]>> {
    const keys = new Map<string, SigningKey[]>();
    for (const row of await store.findKeys(db)) {
      if (row.state !== 'active') continue;
      const key: KeyObject = createPrivateKey(box.open(COLUMN, row.private_key));
      const { domain, selector, algorithm } = row;
      const list = keys.get(domain) ?? [];
      keys.set(
        domain,
        algorithm === 'rsa'
          ? [{ domain, selector, algorithm, key }, ...list]
          : [...list, { domain, selector, algorithm, key }],
      );
    }
    return keys;
  }

  const keys: DkimKeys = {
    async active(domain) {
      if (!cached) {
        const loading = load();
        cached = loading;
        loading.catch(() => {
          if (cached === loading) cached = undefined;
        });
      }
      return (await cached).get(domain.toLowerCase()) ?? [];
    },
    async plan(tx, domain) {
      const now = clock.now();
      const stamp = now.toISOString().slice(0, 16).replace(/\D/g, '');
      const pairs = [
        { algorithm: 'rsa' as const, pair: await generate('rsa', { modulusLength: 2048 }) },
        { algorithm: 'ed25519' as const, pair: await generate('ed25519') },
      ];
      for (const { algorithm, pair } of pairs) {
        const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
        await store.insertKey(
          tx,
          {
            domain: domain.toLowerCase(),
            selector: `${algorithm === 'rsa' ? 'r' : 'e'}${stamp}`,
            algorithm,
            private_key: box.seal(
              COLUMN,
              pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
            ),
            // Ed25519 is published as the bare 32 octets (RFC 8463 §4.2), behind 12 of wrapping.
            public_key: (algorithm === 'rsa' ? spki : spki.subarray(12)).toString('base64'),
          },
          now,
        );
      }
    },
    async published(row) {
      const result = await dns.lookup(recordName(row), 'TXT');
      if (result.kind === 'trouble') return 'unknown';
      if (result.kind !== 'found') return 'no';
      const texts = result.records.map((record) =>
        record.kind === 'txt' ? Buffer.concat(record.strings).toString() : '',
      );
      return texts.some((text) => text.replace(/\s/g, '').includes(`p=${row.public_key}`)) ? 'yes' : 'no';
    },
    async activate(tx, row) {
      await store.retireActive(tx, row.domain, row.algorithm, clock.now());
      await store.setState(tx, row.key_id, 'active', clock.now());
      changed(tx);
    },
    async retire(tx, row) {
      await store.setState(tx, row.key_id, 'retired', clock.now());
      changed(tx);
    },
    async rotate(rotateDays) {
      const rows = await store.findKeys(db);
      for (const row of rows) await advance(row);
      if (rotateDays === 0) return;
      const limit = clock.now().getTime() - rotateDays * 86_400_000;
      for (const row of rows) {
        const waiting = rows.some((other) => other.domain === row.domain && other.state === 'planned');
        if (row.algorithm !== 'rsa' || row.state !== 'active' || waiting || row.state_at.getTime() > limit)
          continue;
        await transaction(db, (tx) => keys.plan(tx, row.domain));
      }
    },
  };

  async function advance(row: store.KeyRow): Promise<void> {
    if (row.state === 'planned' && (await keys.published(row)) === 'yes')
      await transaction(db, (tx) => keys.activate(tx, row));
    if (row.state === 'retiring' && clock.now().getTime() - row.state_at.getTime() > RETIRING_MS)
      await transaction(db, (tx) => keys.retire(tx, row));
  }
  return keys;
}

/** Where the public key is published (RFC 6376 §3.6.2.1). */
export function recordName(row: Pick<store.KeyRow, 'domain' | 'selector'>): string {
  return `${row.selector}._domainkey.${row.domain}`;
}

export function recordText(row: Pick<store.KeyRow, 'algorithm' | 'public_key'>): string {
  return `v=DKIM1; k=${row.algorithm}; p=${row.public_key}`;
}
