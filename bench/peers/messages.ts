const WORDS =
  'the report of this faculty about budget planning and research was sent to every office before the meeting on monday'.split(
    ' ',
  );
const CHINESE = [
  '各位老师',
  '请查收附件',
  '关于本学期的安排',
  '会议定于周一上午',
  '科研处',
  '教务处',
  '谢谢',
  '通知',
];

/** Letters of about 4 kB that differ from each other; `needle-<n % 100>` stands in one of a hundred. */
export function* letters(count: number): Generator<Buffer> {
  let state = 12_345;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
  for (let n = 0; n < count; n++) {
    const lines: string[] = [];
    for (let line = 0; line < 48; line++) {
      const words = Array.from({ length: 12 }, () => WORDS[random(WORDS.length)]);
      if (line % 4 === 0) words.push(CHINESE[random(CHINESE.length)]);
      lines.push(words.join(' '));
    }
    yield Buffer.from(
      `Received: from example.org by bench; Tue, 24 Nov 2026 08:00:00 +0000\r\nFrom: "Sender ${n % 50}" <s${n % 50}@example.org>\r\nTo: bench@bench.test\r\nSubject: Letter ${n} of the bench\r\nMessage-ID: <${n}@bench>\r\nDate: Tue, 24 Nov 2026 08:${String(n % 60).padStart(2, '0')}:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nneedle-${n % 100}x ${lines.join('\r\n')}\r\n`,
    );
  }
}
