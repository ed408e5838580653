const STORED = 'hongyan.searches';
const KEPT = 8;

export function searchHistory(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(stored) ? stored.filter((word) => typeof word === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberSearch(words: string): void {
  if (!words) return;
  const next = [words, ...searchHistory().filter((past) => past !== words)].slice(0, KEPT);
  localStorage.setItem(STORED, JSON.stringify(next));
}

export function forgetSearches(): void {
  localStorage.removeItem(STORED);
}
