/** The right side: one panel at a time in tabs, the layers with contrast always below. */

import { Tabs } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ImageInfo } from '../../app/api/types.ts';
import { ExportPanel } from '../panels/ExportPanel.tsx';
import { LabelsPanel } from '../panels/LabelsPanel.tsx';
import { LayersPanel } from '../panels/LayersPanel.tsx';
import { PredictPanel } from '../panels/PredictPanel.tsx';
import { TrainPanel } from '../panels/TrainPanel.tsx';
import { WeightMapPanel } from '../panels/WeightMapPanel.tsx';
import { type PanelTab, updateWorkspace, useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

const TABS: readonly PanelTab[] = ['labels', 'weights', 'train', 'predict', 'export'];

export function SidePanels({ image }: { image: ImageInfo | undefined }) {
  const tab = useWorkspace((state) => state.tab);
  const folded = useWorkspace((state) => state.layersFolded);
  const panels = {
    labels: <LabelsPanel />,
    weights: <WeightMapPanel />,
    train: <TrainPanel />,
    predict: <PredictPanel image={image} />,
    export: <ExportPanel image={image} />,
  };
  return (
    <aside className="side" aria-label={texts.frame.panels}>
      <Tabs
        className="side-tabs"
        value={tab}
        onChange={(value) => updateWorkspace({ tab: (value ?? 'labels') as PanelTab })}
        keepMounted={false}
      >
        <Tabs.List grow>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {texts.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {panels[name]}
          </Tabs.Panel>
        ))}
      </Tabs>
      <section className="layers-fold" aria-label={texts.layers.fold}>
        <button
          type="button"
          className="layers-head"
          aria-expanded={!folded}
          onClick={() => updateWorkspace({ layersFolded: !folded })}
        >
          <IconChevronDown size={14} data-folded={folded} />
          {texts.layers.fold}
        </button>
        {!folded && <LayersPanel image={image} />}
      </section>
    </aside>
  );
}
