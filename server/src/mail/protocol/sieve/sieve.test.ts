// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Sieve are written like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../mime/index.ts';
import {
  CAPABILITIES,
  compileScript,
  joinFields,
  type Outcome,
  parseMailto,
  runScripts,
  type Script,
  SIEVE_LIMITS,
  SieveError,
} from './index.ts';

const MESSAGE = `Received: from a by b; Mon, 23 Nov 2026 09:00:00 +0000
Received: from c by d; Sun, 22 Nov 2026 23:30:00 -0500
From: "Zhang, Wei" <zhangwei+work@beichen.test>
To: li@beichen.test, "Chen" <chen@example.test>
Cc: team@example.test
Subject: =?utf-8?B?6YCa55+l77ya5byA5Lya?= [urgent] plan 42
Date: Mon, 23 Nov 2026 10:20:30 +0800
Message-ID: <one@example.test>
X-Spam-Score: 7
X-Empty:
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

prologue here
--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

5L2g5aW977yM5LiW55WMIFNlY3JldCBXb3Jk
--b
Content-Type: text/html; charset=utf-8

<p>hello <b>html</b> reader</p>
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename=a.pdf

PDFDATA
--b--
`.replace(/\n/g, '\r\n');

interface World {
  message?: string;
  from?: string;
  to?: string;
  now?: string;
  mailboxes?: string[];
  scripts?: Map<string, string>;
  seen?: string[];
}

async function run(source: string | string[], world: World = {}): Promise<Outcome> {
  const bytes = Buffer.from(world.message ?? MESSAGE);
  const parsed = parseMessage(bytes);
  const scripts = [source].flat().map(compileScript);
  return runScripts(
    scripts,
    {
      size: bytes.length,
      header: parsed.header.subarray(0, -2),
      envelope: { from: world.from ?? 'sender@example.test', to: world.to ?? 'li+news@beichen.test' },
      structure: parsed.structure,
      read: async (start, end) => bytes.subarray(start, end),
    },
    {
      now: new Date(world.now ?? '2026-11-23T16:30:00Z'),
      zoneMinutes: 480,
      items: new Map([
        ['name', 'Hongyan'],
        ['location', 'MDA'],
      ]),
      script: async (_, name): Promise<Script | undefined> => {
        const text = world.scripts?.get(name);
        return text === undefined ? undefined : compileScript(text);
      },
      mailboxExists: async (name) => (world.mailboxes ?? ['INBOX', 'Work']).includes(name),
      mailboxIdExists: async (id) => id === 'F7',
      specialUseExists: async (use) => use === '\\Junk',
      isDuplicate: async ({ handle, id }) => (world.seen ?? []).includes(`${handle}|${id}`),
    },
  );
}

/** What the script did, in short: `keep`, `fileinto X`, `error 3: …`. */
async function did(source: string | string[], world?: World): Promise<string[]> {
  const outcome = await run(source, world);
  if (outcome.error) return [`error ${outcome.error.line}: ${outcome.error.message}`];
  const list = outcome.actions.map((action) => {
    switch (action.type) {
      case 'fileinto':
        return `fileinto ${action.mailbox}${action.flags.length > 0 ? ` [${action.flags.join(' ')}]` : ''}`;
      case 'redirect':
        return `redirect ${action.address}`;
      case 'keep':
        return `keep${action.flags.length > 0 ? ` [${action.flags.join(' ')}]` : ''}`;
      case 'reject':
        return `reject ${action.reason}`;
      case 'vacation':
        return `vacation ${action.seconds} ${action.reason}`;
      case 'notify':
        return `notify ${action.method} ${action.message ?? ''}`;
      default:
        return action.type;
    }
  });
  return outcome.implicitKeep
    ? [...list, `implicit${outcome.flags.length > 0 ? ` [${outcome.flags.join(' ')}]` : ''}`]
    : list;
}

/** Does the test hold? `needs` are the capabilities. */
async function holds(test: string, needs: string[] = [], world?: World): Promise<boolean> {
  const list = ['fileinto', ...needs].map((name) => `"${name}"`).join(',');
  const result = await did(`require [${list}]; if ${test} { fileinto "yes"; }`, world);
  if (result[0]?.startsWith('error')) throw new Error(result[0]);
  return result[0] === 'fileinto yes';
}

function refusal(source: string): string {
  try {
    compileScript(source);
  } catch (error) {
    if (error instanceof SieveError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('[MAIL-3] Sieve grammar', () => {
  it.each([
    ['fileinto "a";', /^1: fileinto needs require "fileinto"/],
    ['\n\nfoo;', /^3: Unknown command "foo"/],
    ['require "no-such";', /^1: The extension "no-such" is not supported/],
    ['keep;\nrequire "fileinto";', /^2: require comes before/],
    ['if true { keep; ', /^1: "}" or a command expected/],
    ['if header :is :contains "a" "b" { keep; }', /^1: :contains does not go with/],
    ['if header :foo "a" "b" { keep; }', /^1: header has no tag :foo/],
    ['if header "a" { keep; }', /^1: header takes 2 arguments, not 1/],
    ['if header "a" 5 { keep; }', /^1: header takes a string or a list/],
    ['if size 100 { keep; }', /^1: size takes :over or :under/],
    ['else { keep; }', /^1: else does not follow an if/],
    ['keep "x";', /^1: keep takes 0 arguments/],
    ['stop { keep; }', /^1: stop takes no block/],
    ['redirect "nobody";', /^1: redirect needs an e-mail address/],
    ['if not (true, false) { }', /^1: not takes one test/],
    ['if address "subject" "x" { }', /^1: The field "subject" holds no addresses/],
    ['"text', /^1: A string is not closed/],
    ['/* open', /^1: A comment is not closed/],
    ['require "regex"; if header :regex "a" "(" { }', /^1: The regular expression is wrong/],
    [
      'require "comparator-i;ascii-numeric"; if header :contains :comparator "i;ascii-numeric" "a" "1" { }',
      /does not work with/,
    ],
    ['if header :comparator "i;ascii-numeric" "a" "1" { }', /needs require "comparator-i;ascii-numeric"/],
    ['require "variables"; set "1a" "x";', /no name of a variable/],
    ['require "date"; if date "date" "century" "20" { }', /no part "century"/],
    ['require ["vacation"]; vacation :days 3 :days 4 "x";', /:days stands twice/],
    ['require "enotify"; notify "xmpp:a@b";', /notification method is not supported/],
  ])('refuses %s with the line', (source, wanted) => {
    expect(refusal(source)).toMatch(wanted);
  });

  it('accepts comments, multi-line strings with dots, numbers with units, and names in any case', async () => {
    const script =
      '# note\r\nREQUIRE ["fileinto", "reject"]; /* more\r\n */\r\nIF SIZE :Under 1K { ReJect text: # why\r\n..dot\r\nline\r\n.\r\n; }';
    expect(await did(script)).toEqual(['reject .dot\r\nline\r\n']);
    expect(await did('require "reject"; reject text:\n.\n;')).toEqual(['reject ']);
    expect(await did('require "fileinto"; fileinto "a\\"b\\\\c";')).toEqual(['fileinto a"b\\c']);
  });

  it('bounds size, nesting, lists and words', () => {
    expect(refusal(`# ${'x'.repeat(SIEVE_LIMITS.scriptBytes)}`)).toMatch(/too long/);
    expect(refusal(`${'if true {'.repeat(100)}${'}'.repeat(100)}`)).toMatch(/nested too deeply/);
    expect(refusal(`if ${'not '.repeat(5000)}true { }`)).toMatch(/nested too deeply/);
    expect(refusal(`if header "a" [${'"x",'.repeat(2000)}"x"] { }`)).toMatch(/more than 1000/);
    expect(refusal('keep;'.repeat(30_000))).toMatch(/too many words/);
  });

  it('never fails otherwise, whatever the script is', () => {
    const word = fc.constantFrom(
      ...[
        'if',
        'elsif',
        'else',
        'require',
        'keep',
        'stop',
        'header',
        'address',
        'not',
        'anyof',
        'set',
        'vacation',
        '"a"',
        '"${x}"',
        '"fileinto"',
        '"variables"',
        '"regex"',
        '["a","b"]',
        ':is',
        ':matches',
        ':regex',
        ':index',
        ':count',
        '1',
        '5K',
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        ',',
        ';',
        'text:\na\n.\n',
        '#x\n',
        '/*',
        '*/',
        '"',
        '\\',
        '\n',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
        ),
        (text) => {
          try {
            compileScript(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SieveError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('[MAIL-3] Sieve base tests and actions (RFC 5228)', () => {
  it.each([
    ['header :is "subject" "通知：开会 [urgent] plan 42"', true],
    ['header :contains "SUBJECT" "URGENT"', true],
    ['header :contains :comparator "i;octet" "subject" "URGENT"', false],
    ['header :matches "subject" "*[urgent]*4?"', true],
    ['header :matches "subject" "*[urgent]*4"', false],
    ['header :matches "subject" "通知：?会*"', true],
    ['header :is "x-empty" ""', true],
    ['header :is "x-none" ""', false],
    ['address :is "from" "zhangwei+work@beichen.test"', true],
    ['address :domain :is ["to", "cc"] "EXAMPLE.test"', true],
    ['address :localpart :is "from" "zhangwei+work"', true],
    ['address :all :contains "to" "@beichen"', true],
    ['exists ["from", "subject"]', true],
    ['exists ["from", "x-none"]', false],
    ['allof (true, not false, anyof (false, true))', true],
    ['size :over 100M', false],
    ['size :under 100K', true],
  ])('%s is %s', async (test, wanted) => {
    expect(await holds(test)).toBe(wanted);
  });

  it('keeps when nothing was decided, and stops where it is told', async () => {
    expect(await did('')).toEqual(['implicit']);
    expect(await did('discard;')).toEqual(['discard']);
    expect(await did('keep; stop; discard;')).toEqual(['keep']);
    expect(await did('redirect "a@b.test";')).toEqual(['redirect a@b.test']);
    expect(await did('if false { discard; } elsif false { discard; } else { keep; }')).toEqual(['keep']);
    expect(await did('if true { keep; } elsif true { discard; }')).toEqual(['keep']);
  });

  it('runs the next script only while the message is to be kept', async () => {
    expect(await did(['require "fileinto"; fileinto "A";', 'discard;'])).toEqual(['fileinto A']);
    expect(await did(['stop;', 'discard;'])).toEqual(['discard']);
  });
});

describe('[MAIL-3] Sieve extensions', () => {
  it.each([
    // envelope and subaddress
    ['envelope :is "to" "li+news@beichen.test"', ['envelope'], true],
    ['envelope :user :is "to" "li"', ['envelope', 'subaddress'], true],
    ['envelope :detail :is "to" "news"', ['envelope', 'subaddress'], true],
    ['address :detail :is "from" "work"', ['subaddress'], true],
    ['address :detail :is "cc" ""', ['subaddress'], false],
    // relational and numbers
    [
      'header :value "gt" :comparator "i;ascii-numeric" "x-spam-score" "5"',
      ['relational', 'comparator-i;ascii-numeric'],
      true,
    ],
    [
      'header :value "lt" :comparator "i;ascii-numeric" "x-spam-score" "10"',
      ['relational', 'comparator-i;ascii-numeric'],
      true,
    ],
    ['header :value "lt" "x-spam-score" "10"', ['relational'], false],
    [
      'header :count "eq" :comparator "i;ascii-numeric" "received" "2"',
      ['relational', 'comparator-i;ascii-numeric'],
      true,
    ],
    [
      'address :count "ge" :comparator "i;ascii-numeric" ["to","cc"] "3"',
      ['relational', 'comparator-i;ascii-numeric'],
      true,
    ],
    // i;unicode-casemap
    ['header :is :comparator "i;unicode-casemap" "x" "ÄRGER"', ['comparator-i;unicode-casemap'], true],
    ['header :is "x" "ÄRGER"', [], false],
    // regex
    ['header :regex "subject" "plan [0-9]{2}$"', ['regex'], true],
    ['header :regex "subject" "^plan"', ['regex'], false],
    ['header :regex :comparator "i;octet" "subject" "PLAN"', ['regex'], false],
    // body
    ['body :contains "secret word"', ['body'], true],
    ['body :text :contains "hello html reader"', ['body'], true],
    ['body :contains "PDFDATA"', ['body'], false],
    ['body :raw :contains "PDFDATA"', ['body'], true],
    ['body :raw :contains "Secret"', ['body'], false],
    ['body :content "text/plain" :contains "你好"', ['body'], true],
    ['body :content "text" :contains "<b>html</b>"', ['body'], true],
    ['body :content "application" :matches "*PDFDATA*"', ['body'], true],
    ['body :content "multipart" :contains "prologue"', ['body'], true],
    ['body :content "image" :contains ""', ['body'], false],
    // date and index
    ['date "date" "hour" "10"', ['date'], true],
    ['date :originalzone "date" "zone" "+0800"', ['date'], true],
    ['date :zone "-0500" "date" "date" "2026-11-22"', ['date'], true],
    ['date :index 2 :originalzone "received" "iso8601" "2026-11-22T23:30:00-05:00"', ['date', 'index'], true],
    ['date :index 1 :last "received" "weekday" "1"', ['date', 'index'], true],
    ['header :index 3 "received" "x"', ['index'], false],
    ['currentdate "date" "2026-11-24"', ['date'], true],
    [
      'currentdate :zone "+0000" :value "ge" "iso8601" "2026-11-23T16:00:00+00:00"',
      ['date', 'relational'],
      true,
    ],
    ['currentdate :zone "+0000" "julian" "61367"', ['date'], true],
    ['currentdate :zone "+0000" "std11" "Mon, 23 Nov 2026 16:30:00 +0000"', ['date'], true],
    // environment, mailbox, special use, ids, ihave, notify
    ['environment "name" "hongyan"', ['environment'], true],
    ['environment :is "remote-host" ""', ['environment'], false],
    ['mailboxexists ["INBOX", "Work"]', ['mailbox'], true],
    ['mailboxexists "Nowhere"', ['mailbox'], false],
    ['mailboxidexists "F7"', ['mailboxid'], true],
    ['specialuse_exists "\\\\Junk"', ['special-use'], true],
    ['ihave ["fileinto", "regex"]', ['ihave'], true],
    ['ihave "no-such"', ['ihave'], false],
    ['valid_notify_method "mailto:a@b.test?subject=x"', ['enotify'], true],
    ['valid_notify_method "mailto:"', ['enotify'], false],
    ['valid_notify_method ["x-hongyan:", "xmpp:a@b"]', ['enotify'], false],
    ['notify_method_capability "x-hongyan:" "Online" "maybe"', ['enotify'], true],
    // encoded-character
    ['header :contains "subject" "${unicode: 901a 77e5}"', ['encoded-character'], true],
    ['header :contains "subject" "${hex: e9 80 9a}"', ['encoded-character'], true],
  ])('%s (%j) is %s', async (test, needs, wanted) => {
    const message = MESSAGE.replace('X-Empty:', 'X: ärger\r\nX-Empty:');
    expect(await holds(test, needs, { message })).toBe(wanted);
  });

  it('variables: groups, modifiers by precedence, unknown ones empty', async () => {
    const need = 'require ["variables", "fileinto", "regex", "enotify"];';
    const cases: [string, string][] = [
      [
        'if header :matches "subject" "*[*]*" { fileinto "x${1}|${2}|${3}"; }',
        'x通知：开会 |urgent| plan 42',
      ],
      ['if header :regex "subject" "(plan) ([0-9]+)" { fileinto "${2}-${1}"; }', '42-plan'],
      ['set "a" "juMBlEd lETteRS"; set :upperfirst :lower "b" "${a}"; fileinto "${b}";', 'Jumbled letters'],
      ['set "a" "中文"; set :length "b" "${a}"; fileinto "${b}";', '2'],
      ['set :quotewildcard "b" "Rock*?\\\\"; fileinto "${b}";', 'Rock\\*\\?\\\\'],
      ['set :quoteregex "b" "a.b(c)"; fileinto "${b}";', 'a\\.b\\(c\\)'],
      ['set :encodeurl "b" "a b/ü"; fileinto "${b}";', 'a%20b%2F%C3%BC'],
      ['set "dollar" "$"; fileinto "${dollar}{x}${none}|${ }";', '${x}|${ }'],
      ['set "A" "1"; fileinto "${a}";', '1'],
    ];
    for (const [script, wanted] of cases)
      expect(await did(need + script), script).toEqual([`fileinto ${wanted}`]);
    expect(await holds('string :is "${1}" ""', ['variables'])).toBe(true);
    expect(
      await holds('string :count "eq" :comparator "i;ascii-numeric" ["a", ""] "1"', [
        'variables',
        'relational',
        'comparator-i;ascii-numeric',
      ]),
    ).toBe(true);
  });

  it('imap4flags: the internal variable, own variables, tags', async () => {
    const need = 'require ["imap4flags", "fileinto", "variables", "copy"];';
    expect(await did(`${need} addflag ["\\\\Seen", "a b"]; removeflag "B"; fileinto "X";`)).toEqual([
      'fileinto X [\\Seen a]',
    ]);
    expect(await did(`${need} setflag "\\\\Flagged";`)).toEqual(['implicit [\\Flagged]']);
    expect(await did(`${need} setflag "v" "x y"; if hasflag "v" "Y" { keep :flags "${'${v}'}"; }`)).toEqual([
      'keep [x y]',
    ]);
    expect(await did(`${need} setflag "a"; fileinto :copy "X"; setflag "b";`)).toEqual([
      'fileinto X [a]',
      'implicit [b]',
    ]);
  });

  it('reject goes with nothing that delivers or answers', async () => {
    expect(await did('require "ereject"; ereject "no";')).toEqual(['reject no']);
    expect(await did('require "reject"; keep; reject "no";')).toEqual([
      'error 1: reject does not go with other actions',
    ]);
    expect(await did('require ["reject", "vacation"]; reject "no"; vacation "x";')).toEqual([
      'error 1: vacation does not go with reject',
    ]);
  });

  it('vacation: days, seconds, bounds, once a script', async () => {
    expect(await did('require "vacation"; vacation "away";')).toEqual(['vacation 604800 away', 'implicit']);
    expect(await did('require "vacation"; vacation :days 0 "away";')).toEqual([
      'vacation 86400 away',
      'implicit',
    ]);
    expect(await did('require ["vacation","vacation-seconds"]; vacation :seconds 90 "away";')).toEqual([
      'vacation 90 away',
      'implicit',
    ]);
    expect((await did('require "vacation"; vacation "a"; vacation "b";'))[0]).toMatch(/^error 1/);
    expect(await did(['require "vacation"; vacation "a";', 'require "vacation"; vacation "b";'])).toEqual([
      'vacation 604800 a',
      'implicit',
    ]);
  });

  it('include: globals, return, once, optional, loops', async () => {
    const scripts = new Map([
      [
        'child',
        'require ["include","variables","fileinto"]; global "x"; set "x" "from child"; set "y" "mine"; return; fileinto "no";',
      ],
      ['loop', 'require "include"; include "loop";'],
      ['stopper', 'stop;'],
      ['count', 'require ["include","variables","fileinto","copy"]; fileinto :copy "C";'],
    ]);
    const need = 'require ["include","variables","fileinto"];';
    expect(
      await did(`${need} global "x"; include :personal "child"; fileinto "${'${x}|${y}'}";`, { scripts }),
    ).toEqual(['fileinto from child|']);
    expect(await did(`${need} include "child"; fileinto "${'${global.x}'}";`, { scripts })).toEqual([
      'fileinto from child',
    ]);
    expect((await did(`${need} include "loop";`, { scripts }))[0]).toMatch(/includes itself/);
    expect((await did(`${need} include "none";`, { scripts }))[0]).toMatch(/^error 1: There is no script/);
    expect(await did(`${need} include :optional "none";`, { scripts })).toEqual(['implicit']);
    expect(await did(`${need} include "stopper"; discard;`, { scripts })).toEqual(['implicit']);
    expect(await did(`${need} include :once "count"; include :once "count";`, { scripts })).toEqual([
      'fileinto C',
      'implicit',
    ]);
  });

  it('editheader changes what later tests and the stored message see, and protects traces', async () => {
    const outcome = await run(
      `require ["editheader","fileinto","index"]; addheader "X-New" "你好"; addheader :last "X-End" "z"; deleteheader "X-Empty"; deleteheader "Received"; deleteheader :index 1 :contains "Cc" "team";
       if header "x-new" "你好" { fileinto "seen"; }`,
    );
    expect(outcome.actions[0]).toMatchObject({ type: 'fileinto', mailbox: 'seen' });
    const header = joinFields(outcome.fields ?? []).toString();
    expect(header).toMatch(/^X-New: =\?utf-8\?B\?5L2g5aW9\?=\r\nReceived: /);
    expect(header).toMatch(/\r\nX-End: z\r\n$/);
    expect(header).not.toMatch(/X-Empty|Cc:/);
    expect(header.match(/Received/g)).toHaveLength(2);
  });

  it('duplicate asks by message-id, header or own id, and remembers only at a good end', async () => {
    const outcome = await run('require ["duplicate"]; if duplicate { discard; }');
    expect(outcome.duplicates).toEqual([
      { handle: '', id: '<one@example.test>', seconds: 604_800, last: false },
    ]);
    expect(
      await did('require ["duplicate"]; if duplicate { discard; }', { seen: ['|<one@example.test>'] }),
    ).toEqual(['discard']);
    expect(
      await did('require ["duplicate"]; if duplicate :handle "h" :header "X-Spam-Score" { discard; }', {
        seen: ['h|7'],
      }),
    ).toEqual(['discard']);
    const failed = await run('require ["duplicate","ihave"]; if duplicate { } error "x";');
    expect(failed.duplicates).toEqual([]);
  });

  it('ihave lets a script ask for what may be missing', async () => {
    expect(await did('require "ihave"; if ihave "vnd.none" { frobnicate "x"; } else { keep; }')).toEqual([
      'keep',
    ]);
    expect(await did('require "ihave"; if ihave "fileinto" { fileinto "A"; }')).toEqual(['fileinto A']);
    expect((await did('require "ihave"; frobnicate;'))[0]).toMatch(/^error 1: Unknown command/);
    expect((await did('require "ihave"; error "stop here";'))[0]).toBe('error 1: stop here');
  });

  it('notify by mailto and by our own channels', async () => {
    expect(
      await did(
        'require ["enotify","variables"]; if header :matches "from" "*" { notify :message "from ${1}" "x-hongyan:"; }',
      ),
    ).toEqual(['notify x-hongyan: from "Zhang, Wei" <zhangwei+work@beichen.test>', 'implicit']);
    expect(parseMailto('mailto:a@b.test,c%40d.test?subject=Hi%20there&From=x@y')).toEqual({
      to: ['a@b.test', 'c@d.test'],
      fields: [['subject', 'Hi there']],
    });
    expect(parseMailto('mailto:a@b.test?subject=%ff')).toBeUndefined();
  });
});

describe('[MAIL-3] Sieve is bounded', () => {
  it('ends a run that needs too much work, and keeps the message', async () => {
    const message = MESSAGE.replace('PDFDATA', 'a'.repeat(500_000));
    const keys = Array.from({ length: 900 }, (_, n) => `"*a?${n}*"`).join(',');
    expect(
      (await did(`require "body"; if body :raw :matches [${keys}] { discard; }`, { message }))[0],
    ).toMatch(/too much work/);
    const doubling = `require "variables"; set "a" "xxxxxxxxxxxxxxxx"; ${'set "a" "${a}${a}${a}${a}";'.repeat(200)}`;
    expect(await did(doubling)).toEqual(['implicit']);
  });

  it('regular expressions never backtrack', async () => {
    const message = `Subject: ${'a'.repeat(5000)}!\r\n\r\n`;
    expect(await holds('header :regex "subject" "(a+)+$"', ['regex'], { message })).toBe(false);
    expect(refusal('require "regex"; if header :regex "a" "((a{1,99}){1,99}){1,99}" { }')).toMatch(
      /regular expression/,
    );
  });

  it('any test on any message ends without a crash', async () => {
    const scripts = [
      'require ["body","variables","fileinto","regex","date","relational","editheader"]; if anyof (header :matches ["subject","from","received"] ["*?*a*", "?*?"], address :matches "from" "*@*", date "date" "year" "2026", body :content "text" :matches "*x?y*") { fileinto "a${1}${2}"; } addheader "X" "y"; deleteheader :matches "received" "*a*";',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        async (text) => {
          const message = `From: ${text}\r\nSubject: ${text}\r\nDate: ${text}\r\n\r\n${text}`;
          const outcome = await run(scripts, { message });
          expect(outcome.work).toBeLessThan(SIEVE_LIMITS.work);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('announces what it knows', () => {
    for (const name of CAPABILITIES) expect(refusal(`require "${name}";`)).toBe('accepted');
  });
});
