import { generate } from 'selfsigned';

let made: Promise<{ cert: string; key: string; selfMade: boolean }> | undefined;

/** One self-made certificate a process: making a key takes longer than many tests. */
export function testTls(): Promise<{ cert: string; key: string; selfMade: boolean }> {
  made ??= generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
  }).then((pems) => ({
    cert: pems.cert,
    key: pems.private,
    selfMade: true,
  }));
  return made;
}
