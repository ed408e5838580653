const browsers: [RegExp, string][] = [
  [/MicroMessenger/i, '微信'],
  [/wxwork/i, '企业微信'],
  [/DingTalk/i, '钉钉'],
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/HarmonyOS/i, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** `Mozilla/5.0 (Windows …) … Edg/140` → Windows · Edge; what is no browser stays as it introduced itself. */
export function deviceName(agent: string): string {
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  return [find(systems), find(browsers)].filter(Boolean).join(' · ') || agent.slice(0, 60);
}
