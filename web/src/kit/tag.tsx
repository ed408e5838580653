import type { ReactNode } from 'react';
import './tag.css';

/** A state in a word. Its colours keep the contrast that small text needs. */
export function StatusTag({
  tone,
  children,
}: {
  tone: 'good' | 'warn' | 'bad' | 'info' | 'plain';
  children: ReactNode;
}) {
  return (
    <span className="status-tag" data-tone={tone}>
      {children}
    </span>
  );
}
