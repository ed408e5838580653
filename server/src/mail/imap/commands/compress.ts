import { defineCommand, no, ok } from '../command.ts';

/** COMPRESS (RFC 4978): what follows the tagged OK is DEFLATE in both directions. */
export const compress = defineCommand({
  name: 'COMPRESS',
  when: 'authenticated',
  updates: 'no',
  parse(scanner) {
    scanner.space();
    return scanner.keyword();
  },
  async run(session, mechanism) {
    if (mechanism !== 'DEFLATE') return no('Unknown compression mechanism', 'CANNOT');
    if (session.compressed) return no('DEFLATE is active already', 'COMPRESSIONACTIVE');
    session.afterReply('deflate');
    return ok('DEFLATE active');
  },
});
