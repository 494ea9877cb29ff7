/** Which channels of the images the network sees; only where there is more than one. */

import { Checkbox, Group } from '@mantine/core';
import { backend } from '../api/backend.ts';
import { useImages, useProject } from '../api/queries.ts';
import { showError } from '../state/showError.ts';
import { texts } from '../texts.ts';

export function ChannelChoice() {
  const image = useImages().data?.[0];
  const project = useProject().data;
  const { train } = texts;
  if (!image || !project || image.shape.c < 2) return null;
  const all = Array.from({ length: image.shape.c }, (_, c) => c);
  const chosen = project.channels ?? all;
  const toggle = (channel: number, wanted: boolean): void => {
    const channels = all.filter((c) => (c === channel ? wanted : chosen.includes(c)));
    backend
      .setChannels(channels.length === all.length ? null : channels)
      .catch((error: unknown) => showError(texts.errors.project, error));
  };
  return (
    <Checkbox.Group label={train.channels} description={train.channelsHint} value={chosen.map(String)}>
      <Group gap="sm" mt={4}>
        {all.map((channel) => (
          <Checkbox
            key={channel}
            size="xs"
            value={String(channel)}
            label={image.channelNames[channel] ?? String(channel)}
            disabled={chosen.length === 1 && chosen[0] === channel}
            onChange={(event) => toggle(channel, event.currentTarget.checked)}
          />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
