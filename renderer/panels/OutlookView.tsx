/** What a training would learn from, in one sentence with its time, and the balance of the classes as figures and a bar. */

import type { TrainingOutlook } from '../../app/api/types.ts';
import { useEditing } from '../state/editing.ts';
import { texts } from '../texts.ts';

const BACKGROUND_COLOUR = '#8a8a8a';

interface OutlookViewProps {
  outlook: TrainingOutlook | undefined;
  /** How long it takes, in words; empty while unknown. */
  time: string;
}

export function OutlookView({ outlook, time }: OutlookViewProps) {
  const { train } = texts;
  if (!outlook) return <div className="consequence outlook">…</div>;
  const pixels = outlook.classes.reduce((sum, entry) => sum + entry.pixels, 0);
  return (
    <div className="consequence outlook">
      {pixels === 0
        ? train.nothingYet
        : `${train.outlook(outlook.images, train.objectsOf(outlook.classes.slice(1)), outlook.labelledFraction)} ${time}`}
      {pixels > 0 && <ClassBalance classes={outlook.classes} pixels={pixels} />}
    </div>
  );
}

function ClassBalance({ classes, pixels }: { classes: TrainingOutlook['classes']; pixels: number }) {
  const rows = useEditing((state) => state.classes);
  const { train } = texts;
  const colourOf = (name: string) => rows.find((row) => row.name === name)?.colour ?? BACKGROUND_COLOUR;
  return (
    <>
      <div className="class-bars" aria-hidden="true">
        {classes.map((entry) => (
          <span
            key={entry.name}
            style={{ width: `${(entry.pixels / pixels) * 100}%`, background: colourOf(entry.name) }}
          />
        ))}
      </div>
      <table className="class-table" aria-label={train.classTable}>
        <tbody>
          {classes.map((entry) => (
            <tr key={entry.name}>
              <th scope="row">
                <span className="swatch" style={{ background: colourOf(entry.name) }} /> {entry.name}
              </th>
              <td>{texts.labels.area(entry.pixels)}</td>
              <td>{`${((entry.pixels / pixels) * 100).toFixed(0)} %`}</td>
              <td>{entry.objects > 0 ? train.objectCount(entry.objects) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
