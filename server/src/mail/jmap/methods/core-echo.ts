import { CORE, type Method } from '../context.ts';

/** Core/echo (RFC 8620 §4): gives back its arguments. */
export const coreEcho: Method = {
  name: 'Core/echo',
  capability: CORE,
  run: async (_context, args) => args.all(),
};
