export { createBinaryDetector } from './binary.ts';
export { type Command, formatReply, parseCommand } from './command.ts';
export { createDataDecoder, type DataDecoder, type DataPiece } from './data.ts';
export { dotStuff } from './dot-stuff.ts';
export {
  decodeXtext,
  encodeXtext,
  type Path,
  type PathWithParameters,
  parseMailbox,
  parsePath,
} from './path.ts';
export { createReplyReader, parseExtensions, ReplyError, replyText, type ServerReply } from './reply.ts';
