import { domainToASCII } from 'node:url';
import { directoryErrors } from './directory.errors.ts';

const LOCAL = /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/;
/** RFC 2142 and what strangers would take for the institution itself; mail to them goes to an administrator. */
const RESERVED = new Set([
  'postmaster',
  'abuse',
  'hostmaster',
  'webmaster',
  'root',
  'mailer-daemon',
  'noreply',
  'no-reply',
  'security',
  'dmarc',
  'tlsrpt',
  'bounce',
  'system',
  'administrator',
  'nobody',
]);

/** Folds case and checks the rule for account, alias and list names. Errors name `field`. */
export function checkLocal(name: string, field: string): string {
  const folded = name.trim().toLowerCase();
  if (!LOCAL.test(folded) || folded.includes('..')) throw directoryErrors.bad_local({}, { field });
  if (RESERVED.has(folded)) throw directoryErrors.reserved_name({ name: folded }, { field });
  return folded;
}

export function isReserved(local: string): boolean {
  return RESERVED.has(local);
}

/** A mail domain in its ASCII form (IDNA), lower case. */
export function checkDomain(name: string, field: string): string {
  const ascii = domainToASCII(name.trim().toLowerCase());
  const ok =
    ascii.length <= 253 &&
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(ascii);
  if (!ok) throw directoryErrors.bad_domain({ name }, { field });
  return ascii;
}

/** Mainland mobile number in one form: eleven digits. */
export function checkMobile(phone: string, field: string): string {
  const digits = phone.replace(/[\s-]/g, '').replace(/^(\+|00)86/, '');
  if (!/^1[3-9]\d{9}$/.test(digits)) throw directoryErrors.bad_phone({}, { field });
  return digits;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A resident identity number (GB 11643) with its check digit, upper case. */
export function checkNationalId(id: string, field: string): string {
  const text = id.trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(text)) throw directoryErrors.bad_national_id({}, { field });
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  if ('10X98765432'[sum % 11] !== text[17]) throw directoryErrors.bad_national_id({}, { field });
  return text;
}

/** `138****5678`. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? '****' : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}
