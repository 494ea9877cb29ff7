/** What a training would learn from: images, objects, share of the pixels, balance of the classes, and what stands in its way. */

import type { TrainingOutlook } from '../../app/api/types.ts';
import { useEditing } from '../state/editing.ts';
import { texts } from '../texts.ts';

/** `minutes` is the time budget, null where steps were asked for. */
export function OutlookView({
  outlook,
  minutes,
}: {
  outlook: TrainingOutlook | undefined;
  minutes: number | null;
}) {
  const classes = useEditing((state) => state.classes);
  if (!outlook) return <div className="consequence">…</div>;
  const { train } = texts;
  const pixels = outlook.pixelsOfClass.reduce((sum, entry) => sum + entry.pixels, 0);
  const colourOf = (name: string) => classes.find((row) => row.name === name)?.colour ?? '#8a8a8a';
  return (
    <>
      <div className="consequence">
        {train.outlook(outlook.images, outlook.objects, outlook.labelledFraction)}
        {minutes !== null && ` ${train.budget(minutes)}`}
        {pixels > 0 && (
          <>
            <div className="class-bars" style={{ marginTop: 8 }} role="img" aria-label={train.classShare}>
              {outlook.pixelsOfClass.map((entry) => (
                <span
                  key={entry.name}
                  style={{ width: `${(entry.pixels / pixels) * 100}%`, background: colourOf(entry.name) }}
                />
              ))}
            </div>
            <div className="soft" style={{ marginTop: 4 }}>
              {outlook.pixelsOfClass
                .map((entry) => `${entry.name} ${((entry.pixels / pixels) * 100).toFixed(0)} %`)
                .join(' · ')}
            </div>
          </>
        )}
      </div>
      {outlook.blockers.length + outlook.warnings.length > 0 && (
        <ul className="findings">
          {outlook.blockers.map((sentence) => (
            <li key={sentence}>
              <strong>{sentence}</strong>
            </li>
          ))}
          {outlook.warnings.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </>
  );
}
