import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import './tabs.css';

export interface Tab<K extends string> {
  key: K;
  label: ReactNode;
  content: ReactNode;
}

/** Tabs as a strip that scrolls when it must; arrow keys move, as a tab list should. */
export function Tabs<K extends string>({
  items,
  active,
  onChange,
  first,
  label,
}: {
  items: Tab<K>[];
  /** Given: the caller keeps which one is open. */
  active?: K;
  onChange?: (key: K) => void;
  first?: K;
  label: string;
}) {
  const id = useId();
  const strip = useRef<HTMLDivElement>(null);
  const [own, setOwn] = useState(first);
  const wanted = active ?? own;
  const at = Math.max(
    0,
    items.findIndex((item) => item.key === wanted),
  );
  const open = items[at];
  const choose = (index: number) => {
    const item = items[(index + items.length) % items.length];
    if (!item) return;
    setOwn(item.key);
    onChange?.(item.key);
    strip.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(item.key)}"]`)?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') choose(at + 1);
    else if (event.key === 'ArrowLeft') choose(at - 1);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(items.length - 1);
    else return;
    event.preventDefault();
  };
  if (!open) return null;
  return (
    <>
      <div ref={strip} className="tabs" role="tablist" aria-label={label} onKeyDown={keys}>
        {items.map((item, index) => (
          <button
            key={item.key}
            type="button"
            role="tab"
            data-key={item.key}
            id={`${id}-${index}`}
            aria-selected={index === at}
            aria-controls={`${id}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => choose(index)}
          >
            {item.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`}>
        {open.content}
      </div>
    </>
  );
}
