import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { MailServer } from './server.ts';

const USER = 'hongyanbench';

/** Postfix and Dovecot (Debian) on loopback in a folder of their own: Maildir, every write synced, no extra checks. */
export async function startPostfixDovecot(folder: string): Promise<MailServer> {
  const ports = { smtp: 24_025, lmtp: 24_100, imap: 24_143, pop3: 24_110 };
  const [postfix, dovecot, mail] = ['postfix', 'dovecot', 'mail'].map((name) => join(folder, name));
  if (!postfix || !dovecot || !mail) throw new Error('no folder');
  if (spawnSync('id', [USER]).status !== 0) run('useradd', ['-r', '-M', USER]);
  const id = (flag: string) => spawnSync('id', [flag, USER], { encoding: 'utf8' }).stdout.trim();
  for (const path of [postfix, dovecot, mail, join(postfix, 'queue'), join(postfix, 'data')])
    mkdirSync(path, { recursive: true });
  chmodSync(folder, 0o755);
  run('chown', [USER, mail]);
  run('chown', ['postfix', join(postfix, 'data')]);

  writeFileSync(
    join(dovecot, 'dovecot.conf'),
    dovecotConfig({ dovecot, mail, uid: id('-u'), gid: id('-g'), ports }),
  );
  const daemon: ChildProcess = spawn('dovecot', ['-F', '-c', join(dovecot, 'dovecot.conf')], {
    stdio: 'ignore',
  });

  cpSync('/etc/postfix', join(postfix, 'etc'), { recursive: true });
  writeFileSync(join(postfix, 'etc/main.cf'), postfixConfig(postfix, ports));
  const master = readFileSync(join(postfix, 'etc/master.cf'), 'utf8')
    .replace(/^smtp {6}inet.*$/m, `127.0.0.1:${ports.smtp} inet n - n - 200 smtpd`)
    .replace(/^(\S.*(?:inet|unix|unix-dgram)\s+[-yn]\s+[-yn]\s+)y(\s.*)$/gm, '$1n$2');
  writeFileSync(join(postfix, 'etc/master.cf'), master);
  run('postfix', ['-c', join(postfix, 'etc'), 'start']);
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  const inbox = (user: string) => join(mail, `${user}@bench.test`);
  return {
    name: 'postfixDovecot',
    ports,
    domain: 'bench.test',
    password: 'any',
    login: (user) => `${user}@bench.test`,
    delivered: async (users) => users.reduce((sum, user) => sum + countMaildir(inbox(user)), 0),
    async clear() {
      rmSync(mail, { recursive: true, force: true });
      mkdirSync(mail);
      run('chown', [USER, mail]);
    },
    async fill(user, messages) {
      const folders = ['cur', 'new', 'tmp'].map((name) => join(inbox(user), name));
      for (const path of folders) mkdirSync(path, { recursive: true });
      let n = 0;
      for (const message of messages) {
        n++;
        writeFileSync(
          join(inbox(user), 'cur', `${1_700_000_000 + n}.M${n}P1.bench,S=${message.length}:2,`),
          message,
        );
      }
      run('chown', ['-R', USER, inbox(user)]);
    },
    memoryKb: () => processesOf('dovecot/imap').reduce((sum, pid) => sum + pss(pid), 0),
    async stop() {
      spawnSync('postfix', ['-c', join(postfix, 'etc'), 'stop']);
      daemon.kill('SIGTERM');
      await new Promise((resolve) => daemon.once('exit', resolve));
    },
  };
}

function run(command: string, args: string[]): void {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`);
}

function countMaildir(path: string): number {
  return ['new', 'cur'].reduce((sum, name) => {
    const folder = join(path, name);
    return sum + (existsSync(folder) ? readdirSync(folder).length : 0);
  }, 0);
}

/** Processes whose command line holds the text. */
function processesOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(text);
      } catch {
        return false;
      }
    });
}

/** Proportional memory: pages shared by many processes count once. */
function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function dovecotConfig(at: {
  dovecot: string;
  mail: string;
  uid: string;
  gid: string;
  ports: MailServer['ports'] & { lmtp: number };
}): string {
  const listener = (name: string, port: number) =>
    `  inet_listener ${name} {\n    address = 127.0.0.1\n    port = ${port}\n  }\n`;
  return `base_dir = ${at.dovecot}/run
state_dir = ${at.dovecot}/run
log_path = ${at.dovecot}/log
protocols = imap pop3 lmtp
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${at.mail}/%u
mail_fsync = always
first_valid_uid = 100
default_process_limit = 1500
default_client_limit = 4000
mail_max_userip_connections = 2000
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=${at.uid} gid=${at.gid} home=${at.mail}/%u
}
service lmtp {
${listener('lmtp', at.ports.lmtp)}}
service imap-login {
${listener('imap', at.ports.imap)}  service_count = 0
}
service pop3-login {
${listener('pop3', at.ports.pop3)}}
`;
}

function postfixConfig(folder: string, ports: { lmtp: number }): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = bench.test
mydestination =
virtual_mailbox_domains = bench.test
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}
lmtp_destination_concurrency_limit = 20
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
`;
}
