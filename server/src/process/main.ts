import { parseArgs } from 'node:util';
import { AppError, errorText } from '../kit/errors/index.ts';
import { readConfig } from './config.ts';
import { terminalLocale } from './locale.ts';
import { startProduct } from './product.ts';

/** `main.ts [--sample]`: starts the product, prints `ready <url>`, drains and stops on SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sample: { type: 'boolean', default: false } } });
  const config = readConfig(process.env, {
    sample: values.sample,
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
  });
  const product = await startProduct(config);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    product.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (product.setupCode !== undefined) console.log(`${product.url}/setup  ${product.setupCode}`);
  console.log(`ready ${product.url}`);
}

main().catch((error: unknown) => {
  if (error instanceof AppError)
    console.error(errorText(error.code, terminalLocale(process.env), error.params));
  else console.error(error);
  process.exit(1);
});
