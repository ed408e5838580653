import { escapeHtml } from './html.ts';
import type { HeldRow } from './quarantine.store.ts';
import { releaseUrl } from './release-link.ts';

/** Messages listed in one digest; the rest is counted. */
const MAX_LISTED = 50;

/** The daily list of one person's held mail, in Chinese and English, with a link for each. */
export function composeDigest(
  rows: readonly HeldRow[],
  origin: string,
  key: Buffer,
): { subject: string; text: string; html: string } {
  const listed = rows.slice(0, MAX_LISTED);
  const more = rows.length - listed.length;
  const lines = listed.map((row) => ({
    time: localTime(row.held_at),
    from: row.author === '' ? row.sender : row.author,
    subject: row.subject.trim() === '' ? '（无主题）' : row.subject,
    url: releaseUrl(origin, key, row),
  }));
  const intro = `以下 ${rows.length} 封邮件被判为垃圾邮件，暂时留在隔离区。需要的邮件请点“放行”，其余到期后自动删除。`;
  const english = `${rows.length} messages to you are held as junk. Release those that you want; the others are deleted later.`;
  const rest = more > 0 ? `另有 ${more} 封未列出，请联系管理员。` : '';
  return {
    subject: `隔离邮件清单（${rows.length} 封）`,
    text: [
      intro,
      english,
      '',
      ...lines.flatMap((line) => [
        `${line.time}  ${oneLine(line.from)}`,
        `  ${oneLine(line.subject)}`,
        `  放行 Release: ${line.url}`,
        '',
      ]),
      rest,
    ].join('\n'),
    html: `<p>${intro}</p><p>${english}</p><table cellpadding="6">${lines
      .map(
        (line) =>
          `<tr><td>${line.time}</td><td>${escapeHtml(line.from)}</td><td>${escapeHtml(line.subject)}</td><td><a href="${escapeHtml(line.url)}">放行 Release</a></td></tr>`,
      )
      .join('')}</table><p>${rest}</p>`,
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** `11-23 16:05`, at the institution. */
function localTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ');
}
