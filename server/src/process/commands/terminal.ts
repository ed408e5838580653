import { stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { fill, type Locale, type Params } from '../../kit/errors/index.ts';
import { say, type Texts } from '../../kit/i18n/index.ts';
import { commandErrors } from './commands.errors.ts';

export interface Terminal {
  locale: Locale;
  /** A line to standard output. */
  print(texts: Texts, params?: Params): void;
  /** A line to standard error. */
  error(texts: Texts, params?: Params): void;
  /** The first line of standard input; typed twice and unseen when that is a terminal. */
  password(fromStdin: boolean): Promise<string>;
}

/** Far above any password; a wrong file piped in by mistake must not fill the memory. */
const MAX_INPUT = 4_096;

export function createTerminal(locale: Locale): Terminal {
  const line = (texts: Texts, params: Params = {}) => fill(say(texts, locale), params);
  const ask = (texts: Texts) => askHidden(line(texts));
  return {
    locale,
    print: (texts, params) => console.log(line(texts, params)),
    error: (texts, params) => console.error(line(texts, params)),
    async password(fromStdin) {
      if (fromStdin) return readLine();
      if (!stdin.isTTY) throw commandErrors.no_terminal();
      const first = await ask({ zh: '密码：', en: 'Password: ' });
      if (first !== (await ask({ zh: '再输入一次：', en: 'Once more: ' })))
        throw commandErrors.passwords_differ();
      return first;
    },
  };
}

async function readLine(): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MAX_INPUT) break;
  }
  const line = text.split(/\r?\n/)[0] ?? '';
  if (line === '') throw commandErrors.password_empty();
  return line;
}

function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  // readline echoes to its output: to nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    reader.once('SIGINT', () => {
      reader.close();
      process.stderr.write('\n');
      reject(commandErrors.cancelled());
    });
    reader.question('', (answer) => {
      reader.close();
      process.stderr.write('\n');
      if (answer === '') reject(commandErrors.password_empty());
      else resolve(answer);
    });
  });
}
