import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';

const SPARE = 6;

export interface VirtualListHandle {
  reveal: (index: number) => void;
}

/** Rows of one height, of which only those in sight are in the page. */
export function VirtualList<T>({
  items,
  height,
  keyOf,
  row,
  onEnd,
  label,
  foot,
  ref,
}: {
  items: T[];
  /** Of one row, in pixels. */
  height: number;
  keyOf: (item: T) => string;
  row: (item: T, index: number) => ReactNode;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  label: string;
  foot?: ReactNode;
  ref?: Ref<VirtualListHandle>;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(800);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setRoom(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useImperativeHandle(ref, () => ({
    reveal: (index) => {
      const element = box.current;
      if (!element) return;
      const start = index * height;
      if (start < element.scrollTop) element.scrollTop = start;
      else if (start + height > element.scrollTop + element.clientHeight)
        element.scrollTop = start + height - element.clientHeight;
    },
  }));

  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(items.length, Math.ceil((top + room) / height) + SPARE);
  useEffect(() => {
    if (items.length > 0 && last >= items.length) onEnd?.();
  }, [last, items.length, onEnd]);

  return (
    <div ref={box} className="virtual" onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <ul aria-label={label} style={{ height: items.length * height }}>
        {items.slice(first, last).map((item, offset) => {
          const index = first + offset;
          return (
            <li
              key={keyOf(item)}
              style={{ transform: `translateY(${index * height}px)`, height }}
              aria-setsize={items.length}
              aria-posinset={index + 1}
            >
              {row(item, index)}
            </li>
          );
        })}
      </ul>
      {foot}
    </div>
  );
}
