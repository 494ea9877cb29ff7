/** What to know before a training, each with its remedy and a click to the place; those that stop it first. */

import { Button } from '@mantine/core';
import { IconAlertTriangle, IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import type { TrainingFinding } from '../../app/api/types.ts';
import { remedyOf } from '../state/remedies.ts';
import { texts } from '../texts.ts';

/** Shown at once; the rest unfolds, so that the start button stays in view. */
const FIRST = 3;

export function FindingList({ findings }: { findings: readonly TrainingFinding[] }) {
  const [all, setAll] = useState(false);
  const { train } = texts;
  if (findings.length === 0) return null;
  const shown = all ? findings : findings.slice(0, FIRST);
  const rest = findings.length - FIRST;
  return (
    <ul className="finding-list" aria-label={train.findings}>
      {shown.map((finding) => (
        <FindingItem key={`${finding.kind} ${finding.sentence}`} finding={finding} />
      ))}
      {rest > 0 && (
        <li>
          <button type="button" className="link-button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? train.fewerFindings : train.moreFindings(rest)}
          </button>
        </li>
      )}
    </ul>
  );
}

function FindingItem({ finding }: { finding: TrainingFinding }) {
  const remedy = remedyOf(finding);
  const { train } = texts;
  return (
    <li className="finding" data-blocks={finding.blocks}>
      {finding.blocks ? (
        <IconHandStop size={15} role="img" aria-label={train.blocks} />
      ) : (
        <IconAlertTriangle size={15} role="img" aria-label={train.warns} />
      )}
      <span>{finding.sentence}</span>
      {remedy && (
        <Button variant="default" size="compact-xs" onClick={remedy.run}>
          {remedy.text}
        </Button>
      )}
    </li>
  );
}
