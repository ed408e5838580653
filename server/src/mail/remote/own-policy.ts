import type { MailSettings } from '@hongyan/contract';

/** A policy in testing may be taken back within a day; one in force should hold for long (RFC 8461 §3.2). */
const MAX_AGE = { testing: 86_400, enforce: 604_800 };

/**
 * Our own MTA-STS policy (RFC 8461 §3.2) as `https://mta-sts.<domain>/.well-known/mta-sts.txt` shows it. Undefined
 * while it is off, and for every other host. `exchanger` is the name that takes our domains' mail.
 */
export function ownPolicy(
  mode: MailSettings['delivery']['mtaSts'],
  host: string,
  domains: readonly string[],
  exchanger: string,
): string | undefined {
  if (mode === 'off' || !domains.some((domain) => host.toLowerCase() === `mta-sts.${domain.toLowerCase()}`))
    return undefined;
  const lines = ['version: STSv1', `mode: ${mode}`, `mx: ${exchanger}`, `max_age: ${MAX_AGE[mode]}`];
  return lines.map((line) => `${line}\r\n`).join('');
}
