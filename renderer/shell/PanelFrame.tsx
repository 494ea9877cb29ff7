/** Image list, canvas and side panels side by side; the borders between them are dragged, or moved by keys, and remembered. */

import type { ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { texts } from '../texts.ts';

interface PanelFrameProps {
  images: ReactNode;
  middle: ReactNode;
  side: ReactNode;
}

/** Sizes are px, so that a wider window is a wider canvas. */
export function PanelFrame({ images, middle, side }: PanelFrameProps) {
  const layout = useDefaultLayout({ id: 'limn-frame', onlySaveAfterUserInteractions: true });
  const { frame } = texts;
  return (
    <Group className="panel-frame" {...layout}>
      <Panel
        id="images"
        className="frame-part"
        defaultSize={208}
        minSize={150}
        maxSize={480}
        collapsible
        groupResizeBehavior="preserve-pixel-size"
      >
        {images}
      </Panel>
      <Separator className="panel-border" aria-label={frame.images} />
      <Panel id="middle" className="frame-part" minSize={320}>
        <div className="middle">{middle}</div>
      </Panel>
      <Separator className="panel-border" aria-label={frame.side} />
      <Panel
        id="side"
        className="frame-part"
        defaultSize={312}
        minSize={290}
        maxSize={640}
        collapsible
        groupResizeBehavior="preserve-pixel-size"
      >
        {side}
      </Panel>
    </Group>
  );
}
