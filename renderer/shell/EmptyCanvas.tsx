/** What stands in the canvas's place while there is no image: the next step, a wait, or what went wrong. */

import { Button, Loader } from '@mantine/core';
import { openSample } from '../state/projects.ts';
import { texts } from '../texts.ts';
import { LimnMark } from './LimnMark.tsx';

export function EmptyCanvas({ loading, error }: { loading: boolean; error: Error | null }) {
  return (
    <section className="canvas-empty" aria-label={texts.canvas.region}>
      {loading ? (
        <div className="row">
          <Loader size="sm" /> {texts.images.loading}
        </div>
      ) : (
        <div className="empty-card">
          <LimnMark size={44} />
          <p>
            <strong>{error ? texts.errors.project : texts.images.empty}</strong>
          </p>
          <p>{error ? error.message : texts.images.emptyHint}</p>
          <Button variant="default" mt={8} onClick={() => void openSample()}>
            {texts.images.openSample}
          </Button>
        </div>
      )}
    </section>
  );
}
