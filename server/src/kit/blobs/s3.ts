import { randomBytes } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { type FrameSource, readFrames } from './frame-reader.ts';
import { createFrameWriter } from './frame-writer.ts';
import type { BlobStore, BlobWriter } from './index.ts';

export interface S3Options {
  /** `https://host:port/bucket`, path style, without a slash at the end. */
  bucket: string;
  /** Before every key; may be empty. */
  prefix: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

/** Without a bound a store that hangs would hang the sessions that wait for it. */
const TIMEOUT_MS = 60_000;
/** A marker of a deletion that is older belongs to a process that has died. */
const STALE_MARKER_MS = 10 * 60_000;
const MARKER_POLL_MS = 100;

/**
 * Blobs in an S3-compatible object store (Ceph, MinIO, AWS), in the same frames as files have. A PUT that has answered
 * is durable.
 *
 * Deletion must not race a writer of the same bytes: the deleter first leaves a marker, then looks at the object's
 * age, then deletes. A writer that finds a marker after its PUT waits until it is gone and writes again.
 */
export function createS3Blobs(options: S3Options): BlobStore {
  const { bucket, prefix } = options;
  const client = new AwsClient({
    accessKeyId: options.accessKey,
    secretAccessKey: options.secretKey,
    region: options.region,
    service: 's3',
    retries: 3,
  });

  async function call(
    method: string,
    key: string,
    init: { body?: Uint8Array; headers?: Record<string, string>; allow?: readonly number[] } = {},
  ): Promise<Response> {
    const response = await client.fetch(`${bucket}/${key}`, {
      method,
      ...(init.body ? { body: new Uint8Array(init.body) } : {}),
      ...(init.headers ? { headers: init.headers } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok || init.allow?.includes(response.status)) return response;
    const text = (await response.text()).slice(0, 300);
    throw new Error(`object store answered ${response.status} to ${method} ${key}: ${text}`);
  }

  const keyOf = (hash: Buffer) => {
    const hex = hash.toString('hex');
    return `${prefix}${hex.slice(0, 2)}/${hex}`;
  };
  const markerOf = (hash: Buffer) => `${prefix}dying/${hash.toString('hex')}`;

  /** Milliseconds since the object was written; undefined when there is none. */
  async function ageOf(key: string): Promise<number | undefined> {
    const response = await call('HEAD', key, { allow: [404] });
    if (response.status === 404) return undefined;
    const now = Date.parse(response.headers.get('date') ?? '') || Date.now();
    return now - Date.parse(response.headers.get('last-modified') ?? '');
  }

  async function store(hash: Buffer, bytes: Buffer): Promise<void> {
    for (;;) {
      await call('PUT', keyOf(hash), { body: bytes });
      const age = await ageOf(markerOf(hash));
      if (age === undefined || age > STALE_MARKER_MS) return;
      await new Promise((resolve) => setTimeout(resolve, MARKER_POLL_MS));
    }
  }

  function writer(): BlobWriter {
    const frames = createFrameWriter();
    // Compressed and bounded by the largest message; the key is known only at the end, so nothing can be sent before.
    let held: Buffer[] = [];
    return {
      get size() {
        return frames.size;
      },
      async write(chunk) {
        held.push(...(await frames.write(chunk)));
      },
      async finish() {
        const { bytes, hash } = await frames.finish();
        await store(hash, Buffer.concat([...held, ...bytes]));
        held = [];
        return { hash, size: frames.size };
      },
      async abort() {
        held = [];
      },
    };
  }

  async function sourceOf(hash: Buffer): Promise<FrameSource> {
    const key = keyOf(hash);
    const head = await call('HEAD', key, { allow: [404] });
    if (head.status === 404) throw Object.assign(new Error(`there is no blob ${key}`), { code: 'ENOENT' });
    return {
      size: Number(head.headers.get('content-length') ?? 0),
      async readAt(position, length) {
        if (length <= 0 || position < 0) return Buffer.alloc(0);
        const range = { range: `bytes=${position}-${position + length - 1}` };
        return Buffer.from(await (await call('GET', key, { headers: range })).arrayBuffer());
      },
    };
  }

  return {
    writer,
    async put(source) {
      const out = writer();
      if (source instanceof Uint8Array) await out.write(source);
      else for await (const chunk of source) await out.write(chunk);
      return out.finish();
    },
    async *open(hash, range) {
      yield* readFrames(await sourceOf(hash), hash.toString('hex'), range);
    },
    async has(hash) {
      return (await ageOf(keyOf(hash))) !== undefined;
    },
    async delete(hash, untouchedMs) {
      if ((await ageOf(keyOf(hash))) === undefined) return false;
      await call('PUT', markerOf(hash), { body: randomBytes(8) });
      try {
        const age = await ageOf(keyOf(hash));
        // The store's clock counts whole seconds: what is just as old as asked for may be younger.
        if (age === undefined || (untouchedMs > 0 && age < untouchedMs + 1_000)) return false;
        await call('DELETE', keyOf(hash), { allow: [404] });
        return true;
      } finally {
        await call('DELETE', markerOf(hash), { allow: [404] });
      }
    },
    async *list(shard) {
      const start = `${prefix}${shard}/`;
      for (let token: string | undefined; ; ) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: start });
        if (token !== undefined) query.set('continuation-token', token);
        const xml = await (await call('GET', `?${query}`)).text();
        for (const match of xml.matchAll(/<Key>([^<]+)<\/Key>/g)) {
          const name = match[1]?.slice(start.length) ?? '';
          if (/^[0-9a-f]{64}$/.test(name)) yield Buffer.from(name, 'hex');
        }
        token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(xml)?.[1];
        if (token === undefined) return;
      }
    },
  };
}

/** `s3+https://KEY:SECRET@host[:port]/bucket[/prefix]?region=…`; undefined when it is none. */
export function parseS3Url(text: string): S3Options | undefined {
  const match = /^s3\+(https?:\/\/.+)$/.exec(text);
  if (!match || !URL.canParse(match[1] ?? '')) return undefined;
  const url = new URL(match[1] ?? '');
  const [bucket, ...prefix] = url.pathname.split('/').filter((part) => part !== '');
  if (bucket === undefined || url.username === '' || url.password === '') return undefined;
  return {
    bucket: `${url.origin}/${bucket}`,
    prefix: prefix.length > 0 ? `${prefix.join('/')}/` : '',
    region: url.searchParams.get('region') ?? 'us-east-1',
    accessKey: decodeURIComponent(url.username),
    secretKey: decodeURIComponent(url.password),
  };
}
