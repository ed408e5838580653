import { COMMON_PASSWORDS } from './common-passwords.ts';
import { identityErrors } from './identity.errors.ts';

export interface PasswordPolicy {
  minLength: number;
  maxLength: number;
  /** How many of digit, lower, upper, other (ID-5). */
  classes: number;
  /** How many former passwords are refused. */
  history: number;
}

export const DEFAULT_POLICY: PasswordPolicy = { minLength: 12, maxLength: 30, classes: 3, history: 5 };

/** What must not stand in the password. */
export interface PersonalData {
  account?: string;
  phones?: string[];
}

export interface PolicyRule {
  code: string;
  params: Record<string, number>;
}

export function policyRules(policy: PasswordPolicy): PolicyRule[] {
  return [
    { code: identityErrors.password_length.code, params: { min: policy.minLength, max: policy.maxLength } },
    { code: identityErrors.password_classes.code, params: { count: policy.classes } },
    { code: identityErrors.password_personal.code, params: {} },
    { code: identityErrors.password_common.code, params: {} },
  ];
}

/** The rules that a password breaks; empty when it is good. The one judge for every way a password is set. */
export function brokenRules(policy: PasswordPolicy, password: string, person: PersonalData): PolicyRule[] {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  const folded = text.toLowerCase();
  const broken = new Set<string>();
  if (length < policy.minLength || length > policy.maxLength) broken.add(identityErrors.password_length.code);
  if (countClasses(text) < policy.classes) broken.add(identityErrors.password_classes.code);
  if (containsPersonal(folded, person)) broken.add(identityErrors.password_personal.code);
  if (isCommon(folded)) broken.add(identityErrors.password_common.code);
  return policyRules(policy).filter((rule) => broken.has(rule.code));
}

function countClasses(text: string): number {
  return [/\d/, /[a-z]/, /[A-Z]/, /[^0-9a-zA-Z]/].filter((pattern) => pattern.test(text)).length;
}

function containsPersonal(folded: string, person: PersonalData): boolean {
  // Names of one or two letters stand in any text; refusing them would refuse nearly everything.
  const parts = [person.account ?? '', ...(person.phones ?? [])].map((part) =>
    part.toLowerCase().replace(/[\s-]/g, ''),
  );
  return parts.some((part) => part.length >= 3 && folded.includes(part));
}

function isCommon(folded: string): boolean {
  if (COMMON_PASSWORDS.has(folded)) return true;
  if (new Set(folded).size <= 3) return true;
  const core = folded.replace(/[^a-z0-9@]/g, '').replace(/^\d{0,4}|\d{0,4}$/g, '');
  const letters = folded.replace(/[^a-z]/g, '');
  return COMMON_PASSWORDS.has(core) || (COMMON_PASSWORDS.has(letters) && folded.length < letters.length + 6);
}
