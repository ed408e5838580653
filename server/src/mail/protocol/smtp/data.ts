export interface DataPiece {
  /** Message octets, dots unstuffed. */
  out: Buffer[];
  done: boolean;
  /** What came after the end of data: the next commands. */
  rest: Buffer;
}

export interface DataDecoder {
  /** True once a CR or LF stood alone (RFC 5321 §2.3.8): such a message is refused. */
  readonly bare: boolean;
  push(chunk: Buffer): DataPiece;
}

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;

/**
 * Takes the message out of the DATA stream (RFC 5321 §4.5.2). Only CRLF.CRLF ends it: accepting LF.LF, as some
 * servers do, is how a second message is smuggled in.
 */
export function createDataDecoder(): DataDecoder {
  /** Where we are: after CRLF (or at the start), after its dot, after dot CR, after CR, elsewhere. */
  let state: 'start' | 'dot' | 'dotcr' | 'cr' | 'text' = 'start';
  let bare = false;

  return {
    get bare() {
      return bare;
    },
    push(chunk) {
      const out: Buffer[] = [];
      let from = 0;
      let at = 0;
      // What was held back in an earlier piece and turns out to be text.
      const emit = (to: number) => {
        if (to > from) out.push(chunk.subarray(from, to));
      };
      while (at < chunk.length) {
        if (state === 'text') {
          // Most bytes are here: jump to the next CR or LF.
          const cr = chunk.indexOf(CR, at);
          const end = cr < 0 ? chunk.length : cr;
          if (!bare) {
            const lf = chunk.indexOf(LF, at);
            if (lf >= 0 && lf < end) bare = true;
          }
          at = end;
          if (at === chunk.length) break;
          state = 'cr';
          at++;
          continue;
        }
        const byte = chunk[at];
        if (state === 'start') {
          if (byte === DOT) {
            emit(at);
            from = at + 1;
            state = 'dot';
            at++;
          } else state = 'text';
        } else if (state === 'dot') {
          if (byte === CR) {
            // Held back: it is the end, or text after a stuffed dot.
            emit(at);
            from = at + 1;
            state = 'dotcr';
            at++;
          } else state = 'text';
        } else if (state === 'dotcr') {
          if (byte === LF) return { out, done: true, rest: chunk.subarray(at + 1) };
          bare = true;
          out.push(Buffer.from('\r'));
          from = at;
          state = 'text';
        } else if (byte === LF) {
          state = 'start';
          at++;
        } else {
          bare = true;
          state = byte === CR ? 'cr' : 'text';
          if (byte === CR) at++;
        }
      }
      emit(chunk.length);
      return { out, done: false, rest: Buffer.alloc(0) };
    },
  };
}
