import { Input } from 'antd';
import type { ComponentProps } from 'react';
import './area.css';

/**
 * A text box that grows with its text by CSS. Ant's `autoSize` measures in a hidden copy with an inline
 * style, which our content security policy refuses.
 */
export function Area({ rows = 3, className, ...props }: ComponentProps<typeof Input.TextArea>) {
  return (
    <Input.TextArea
      {...props}
      rows={rows}
      className={['area', className].filter(Boolean).join(' ')}
      style={{ minHeight: `calc(${rows}lh + 10px)` }}
    />
  );
}
