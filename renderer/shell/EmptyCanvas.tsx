/** What stands in the canvas's place while there is no image: the next step, a wait, or what went wrong. */

import { Button, Loader } from '@mantine/core';
import { ApiError } from '../api/request.ts';
import { newProject, openProject, openSample } from '../state/projects.ts';
import { texts } from '../texts.ts';
import { LimnMark } from './LimnMark.tsx';

export function EmptyCanvas({ loading, error }: { loading: boolean; error: Error | null }) {
  const { projects } = texts;
  const hasNoProject = error instanceof ApiError && error.tag === 'NotFound';
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
            <strong>
              {hasNoProject ? projects.none : error ? texts.errors.project : texts.images.empty}
            </strong>
          </p>
          <p>{hasNoProject ? projects.noneHint : error ? error.message : texts.images.emptyHint}</p>
          <div className="empty-actions">
            {error && (
              <>
                <Button variant="default" onClick={() => void newProject()}>
                  {projects.titles.new}
                </Button>
                <Button variant="default" onClick={() => void openProject()}>
                  {projects.titles.open}
                </Button>
              </>
            )}
            <Button variant="default" onClick={() => void openSample()}>
              {texts.images.openSample}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}
