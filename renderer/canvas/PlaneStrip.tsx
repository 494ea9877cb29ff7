/** Sliders through z planes and time points and switches of channels, at the canvas's foot; absent for a single grey plane. */

import type { ImageInfo } from '../../app/api/types.ts';
import { LabelledSlider } from '../controls/LabelledSlider.tsx';
import { updateChannel, updateWorkspace, useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

export function PlaneStrip({ image }: { image: ImageInfo }) {
  const t = useWorkspace((state) => state.t);
  const z = useWorkspace((state) => state.z);
  const settings = useWorkspace((state) => state.channels[image.imageId]);
  const { shape } = image;
  if (shape.t === 1 && shape.z === 1 && shape.c === 1) return null;
  return (
    <fieldset className="plane-strip canvas-control">
      {shape.z > 1 && (
        <LabelledSlider
          label={texts.canvas.plane.z}
          value={z}
          minimum={0}
          maximum={shape.z - 1}
          step={1}
          onChange={(value) => updateWorkspace({ z: value })}
        />
      )}
      {shape.t > 1 && (
        <LabelledSlider
          label={texts.canvas.plane.t}
          value={t}
          minimum={0}
          maximum={shape.t - 1}
          step={1}
          onChange={(value) => updateWorkspace({ t: value })}
        />
      )}
      {shape.c > 1 && settings && (
        <div className="channel-switches">
          {settings.map((setting, c) => (
            <label key={image.channelNames[c] ?? c}>
              <input
                type="checkbox"
                checked={setting.visible}
                onChange={(event) => updateChannel(image.imageId, c, { visible: event.target.checked })}
              />
              <span className="swatch" style={{ background: setting.colour }} />
              {image.channelNames[c] ?? c}
            </label>
          ))}
        </div>
      )}
    </fieldset>
  );
}
