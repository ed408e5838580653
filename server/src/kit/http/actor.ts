import type { FastifyRequest } from 'fastify';
import { commonErrors, type Locale } from '../errors/index.ts';

/** Who acts. Services take it first and check what it may; they never trust a page to have hidden something. */
export interface Actor {
  /** 0 for the system itself. */
  accountId: number;
  /** Account name, or the name of the system part. */
  name: string;
  /** Source address, for the audit. */
  address: string;
  locale: Locale;
  sessionId?: string;
}

export function systemActor(name: string): Actor {
  return { accountId: 0, name, address: '', locale: 'zh-CN' };
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | undefined;
    locale: Locale;
  }
}

/** The signed-in person of a request; 401 when there is none. */
export function requireActor(request: FastifyRequest): Actor {
  if (!request.actor) throw commonErrors.not_signed_in();
  return request.actor;
}
