import type { Permission } from '@hongyan/contract';
import { commonErrors } from '../kit/errors/index.ts';

export type AdminTier = 'super' | 'company' | 'unit';
export type Tier = AdminTier | 'user';

/** What somebody may administer: the one value that every check of the directory looks at. */
export interface Authority {
  tier: Tier;
  accountId: number;
  /** The unit that a unit administrator's subtree begins at. */
  unitId: number | undefined;
}

const RANK: Record<Tier, number> = { user: 0, unit: 1, company: 2, super: 3 };

export function isInstitutionWide(authority: Authority): boolean {
  return RANK[authority.tier] >= RANK.company;
}

/** A unit, given by itself and its ancestors, lies in scope. */
export function covers(authority: Authority, ancestors: readonly number[]): boolean {
  if (isInstitutionWide(authority)) return true;
  return authority.tier === 'unit' && authority.unitId !== undefined && ancestors.includes(authority.unitId);
}

/** Lists are narrowed to these roots; undefined = everything. */
export function scopeOf(authority: Authority): number[] | undefined {
  return isInstitutionWide(authority) ? undefined : [authority.unitId ?? -1];
}

export function requireAdministrator(authority: Authority): void {
  if (authority.tier === 'user') throw commonErrors.forbidden();
}

export function requireInstitutionWide(authority: Authority): void {
  if (!isInstitutionWide(authority)) throw commonErrors.forbidden();
}

export function requireCovers(authority: Authority, ancestors: readonly number[]): void {
  if (!covers(authority, ancestors)) throw commonErrors.forbidden();
}

/** May change an account of this tier: only lower ones; nobody administers himself here. The system stands above all. */
export function outranks(authority: Authority, target: { id: number; tier: Tier }): boolean {
  if (authority.accountId === 0) return true;
  return target.id !== authority.accountId && RANK[authority.tier] > RANK[target.tier];
}

/**
 * May appoint or revoke: the super administrator names company administrators, both name unit administrators anywhere,
 * a unit administrator those of units strictly below his own (ADM-10).
 */
export function mayAppoint(authority: Authority, tier: AdminTier, unitAncestors: readonly number[]): boolean {
  if (tier === 'super') return false;
  if (tier === 'company') return authority.tier === 'super';
  if (isInstitutionWide(authority)) return true;
  return covers(authority, unitAncestors) && unitAncestors.at(-1) !== authority.unitId;
}

/** What the page may offer; every service checks again. */
export function permissionsOf(authority: Authority): Permission[] {
  if (isInstitutionWide(authority)) {
    return [
      'console',
      'institution',
      'units',
      'accounts',
      'administrators',
      'unit_mailboxes',
      'lists',
      'audit',
      'domains',
      'failed_actions',
      'queue',
    ];
  }
  return authority.tier === 'unit' ? ['console', 'units', 'accounts', 'administrators'] : [];
}
