import {
  BoldOutlined,
  ItalicOutlined,
  OrderedListOutlined,
  UnderlineOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { type ClipboardEvent, useEffect, useRef } from 'react';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';

const tools = [
  ['bold', 'bold', <BoldOutlined key="b" />],
  ['italic', 'italic', <ItalicOutlined key="i" />],
  ['underline', 'underline', <UnderlineOutlined key="u" />],
  ['insertUnorderedList', 'bullets', <UnorderedListOutlined key="l" />],
  ['insertOrderedList', 'numbers', <OrderedListOutlined key="o" />],
] as const;

const kept = new Set([
  'B',
  'STRONG',
  'I',
  'EM',
  'U',
  'S',
  'A',
  'P',
  'DIV',
  'BR',
  'UL',
  'OL',
  'LI',
  'BLOCKQUOTE',
  'H1',
  'H2',
  'H3',
  'PRE',
  'CODE',
  'TABLE',
  'THEAD',
  'TBODY',
  'TR',
  'TD',
  'TH',
]);
const dropped = new Set(['SCRIPT', 'STYLE', 'META', 'LINK', 'TITLE', 'IFRAME', 'OBJECT', 'SVG']);

/** Structure stays, looks and everything that could do something go. */
function clean(node: Node, into: Node): void {
  for (const child of node.childNodes) {
    if (child instanceof Text) into.appendChild(document.createTextNode(child.data));
    if (!(child instanceof Element) || dropped.has(child.tagName)) continue;
    if (!kept.has(child.tagName)) {
      clean(child, into);
      continue;
    }
    const copy = document.createElement(child.tagName);
    const link = child.getAttribute('href') ?? '';
    if (child.tagName === 'A' && /^(https?:|mailto:)/i.test(link)) copy.setAttribute('href', link);
    clean(child, copy);
    into.appendChild(copy);
  }
}

export function cleanHtml(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const box = document.createElement('div');
  clean(page.body, box);
  return box.innerHTML;
}

/** A plain rich-text box: bold, lists, links; what is pasted loses its looks and keeps its structure. */
export function Editor({
  initial,
  onChange,
  focus,
}: {
  initial: string;
  onChange: (html: string) => void;
  focus: boolean;
}) {
  const t = useTexts(texts);
  const box = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the box owns its content once it is shown
  useEffect(() => {
    if (!box.current) return;
    box.current.innerHTML = cleanHtml(initial);
    if (focus) box.current.focus();
  }, []);

  const changed = () => {
    if (box.current) onChange(box.current.textContent?.trim() ? box.current.innerHTML : '');
  };
  const run = (command: string) => {
    box.current?.focus();
    document.execCommand(command);
    changed();
  };
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length > 0) return;
    event.preventDefault();
    const html = event.clipboardData.getData('text/html');
    if (html) document.execCommand('insertHTML', false, cleanHtml(html));
    else document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
    changed();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: no input element holds rich text */}
      <div
        ref={box}
        className="editor"
        contentEditable
        role="textbox"
        tabIndex={0}
        aria-multiline="true"
        aria-label={t('text')}
        onInput={changed}
        onPaste={paste}
      />
      <div className="editor-tools" role="toolbar" aria-label={t('text')}>
        {tools.map(([command, label, icon]) => (
          <Tooltip key={command} title={t(label)}>
            <Button
              type="text"
              size="small"
              icon={icon}
              aria-label={t(label)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => run(command)}
            />
          </Tooltip>
        ))}
      </div>
    </>
  );
}
