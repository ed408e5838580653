import { randomInt } from 'node:crypto';

/**
 * Characters as strokes on a 4 × 6 grid, drawn as bent lines: the picture holds no text to read out of its source.
 * Look-alikes (0/O, 1/I, 5/S) are left out.
 */
const STROKES: Readonly<Record<string, string>> = {
  '2': '0,1 1,0 3,0 4,1 4,2 0,6 4,6',
  '3': '0,0 4,0 2,2 4,3 4,5 3,6 1,6 0,5',
  '4': '3,6 3,0 0,4 4,4',
  '6': '4,0 1,1 0,4 1,6 3,6 4,5 3,3 0,4',
  '7': '0,0 4,0 1,6',
  '8': '2,3 0,2 1,0 3,0 4,2 2,3 0,5 1,6 3,6 4,5 2,3',
  '9': '4,2 1,3 0,2 1,0 3,0 4,2 3,6',
  a: '0,6 2,0 4,6 3,4 1,4',
  c: '4,1 3,0 1,0 0,2 0,4 1,6 3,6 4,5',
  e: '4,0 0,0 0,3 3,3 0,3 0,6 4,6',
  f: '4,0 0,0 0,3 3,3 0,3 0,6',
  h: '0,0 0,6 0,3 4,3 4,0 4,6',
  k: '0,0 0,6 0,3 4,0 0,3 4,6',
  m: '0,6 0,0 2,3 4,0 4,6',
  n: '0,6 0,0 4,6 4,0',
  p: '0,6 0,0 3,0 4,1 4,2 3,3 0,3',
  t: '0,0 4,0 2,0 2,6',
  w: '0,0 1,6 2,3 3,6 4,0',
  x: '0,0 4,6 2,3 4,0 0,6',
};
const ALPHABET = Object.keys(STROKES);
const LENGTH = 4;

const jitter = (range: number) => (randomInt(0, 2_000) / 1_000 - 1) * range;

/** A random text and its picture as SVG. */
export function drawCaptcha(): { answer: string; svg: string } {
  const answer = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? 'x').join('');
  const paths = [...answer].map((character, index) => drawCharacter(character, 18 + index * 30));
  const noise = Array.from({ length: 5 }, () => {
    const points = Array.from(
      { length: 4 },
      (_, i) => `${(i * 46 + jitter(8)).toFixed(1)},${(24 + jitter(22)).toFixed(1)}`,
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="#8a93a6" stroke-width="${1 + randomInt(2)}"/>`;
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="138" height="48" viewBox="0 0 138 48">` +
    `<rect width="138" height="48" rx="6" fill="#f2f4f8"/>${noise.join('')}${paths.join('')}</svg>`;
  return { answer, svg };
}

function drawCharacter(character: string, x: number): string {
  const angle = jitter(0.35);
  const scale = 4.4 + jitter(0.5);
  const points = (STROKES[character] ?? '').split(' ').map((pair) => {
    const [px = 0, py = 0] = pair.split(',').map(Number);
    const dx = (px - 2) * scale + jitter(0.9);
    const dy = (py - 3) * scale + jitter(0.9);
    const rx = dx * Math.cos(angle) - dy * Math.sin(angle);
    const ry = dx * Math.sin(angle) + dy * Math.cos(angle);
    return `${(x + rx).toFixed(1)},${(24 + ry).toFixed(1)}`;
  });
  return `<polyline points="${points.join(' ')}" fill="none" stroke="#27365a" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round"/>`;
}
