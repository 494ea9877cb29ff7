/** The frame: menu bar, image list, toolbar, canvas, side panels and status line; opens the chosen image for editing. */

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { backend } from '../api/backend.ts';
import { followBackend } from '../api/events.ts';
import { keys, useClasses, useImages } from '../api/queries.ts';
import { ImageCanvas } from '../canvas/ImageCanvas.tsx';
import { limnHost } from '../host/limnHost.ts';
import { RunsDialog } from '../runs/RunsDialog.tsx';
import { followDesktopMenu } from '../state/commands.ts';
import { closeSession, openPlane, openSession, useEditing } from '../state/editing.ts';
import { prefetchLabels } from '../state/labelPrefetch.ts';
import { prefetchNeighbours } from '../state/neighbourPrefetch.ts';
import { followPrediction } from '../state/predictionFollower.ts';
import { cancelGesture } from '../state/tools.ts';
import { offerTour } from '../state/tour.ts';
import { followWeightMap } from '../state/weightMapLayer.ts';
import { showImage, useWorkspace } from '../state/workspace.ts';
import { BatchDialog } from './BatchDialog.tsx';
import { DropZone } from './DropZone.tsx';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { ImageList } from './ImageList.tsx';
import { MenuBar } from './MenuBar.tsx';
import { Palette } from './Palette.tsx';
import { PanelFrame } from './PanelFrame.tsx';
import { ProjectDialog } from './ProjectDialog.tsx';
import { SidePanels } from './SidePanels.tsx';
import { StatusLine } from './StatusLine.tsx';
import { Toolbar } from './Toolbar.tsx';
import { Tour } from './Tour.tsx';
import { useProjectNotes } from './useProjectNotes.ts';
import { useShortcuts } from './useShortcuts.ts';

export function Workstation() {
  const images = useImages();
  const classes = useClasses();
  const imageId = useWorkspace((state) => state.imageId);
  const panelsHidden = useWorkspace((state) => state.panelsHidden);
  const image = images.data?.find((candidate) => candidate.imageId === imageId);

  useEffect(() => followBackend(), []);
  useEffect(() => followWeightMap(), []);
  useEffect(() => followPrediction(), []);
  useEffect(() => followDesktopMenu(), []);
  useShortcuts();
  useProjectNotes();
  useWarnBeforeLeaving();

  useEffect(() => {
    if (classes.data) useEditing.setState({ classes: classes.data });
  }, [classes.data]);

  useEffect(() => {
    if (!images.data) return;
    if (!images.data.some((candidate) => candidate.imageId === imageId)) {
      showImage(images.data[0]?.imageId ?? null);
    }
  }, [images.data, imageId]);

  const isListed = images.data !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when another image is on view; the list changes with every stroke.
  useEffect(() => {
    if (images.data && imageId !== null) return prefetchNeighbours(images.data, imageId);
    return undefined;
  }, [isListed, imageId]);

  const hasImage = image !== undefined;
  useEffect(() => {
    if (hasImage) void offerTour();
  }, [hasImage]);

  useOpenImage(image?.imageId);

  return (
    <div className="workstation" data-panels={panelsHidden ? 'hidden' : 'shown'}>
      <MenuBar />
      <PanelFrame
        images={<ImageList />}
        middle={
          <>
            <Toolbar />
            {image ? (
              <ImageCanvas image={image} />
            ) : (
              <EmptyCanvas loading={images.isPending} error={images.error} />
            )}
          </>
        }
        side={<SidePanels image={image} />}
      />
      <StatusLine image={image} />
      <DropZone />
      <Palette />
      <ProjectDialog />
      <RunsDialog />
      <BatchDialog />
      <Tour />
    </div>
  );
}

/** A browser asks before the page is left with strokes that the store has not got. The desktop waits by itself. */
function useWarnBeforeLeaving(): void {
  useEffect(() => {
    if (limnHost()) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (useEditing.getState().save === 'retrying') event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, []);
}

/** Opens an edit session for the image on view and follows its plane. */
function useOpenImage(imageId: number | undefined): void {
  const images = useImages();
  const t = useWorkspace((state) => state.t);
  const z = useWorkspace((state) => state.z);
  const image = images.data?.find((candidate) => candidate.imageId === imageId);
  const editable = useQuery({
    queryKey: keys.editable(imageId ?? -1),
    queryFn: async () => {
      const [objects, history] = await Promise.all([
        backend.objects(imageId ?? -1),
        backend.history(imageId ?? -1),
      ]);
      return { objects, history };
    },
    enabled: imageId !== undefined,
    // Always fresh when an image is opened; the session follows them from there.
    staleTime: 0,
    gcTime: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when the image is chosen; its counts change later.
  useEffect(() => {
    if (image) prefetchLabels(image);
  }, [image?.imageId]);
  const stored = editable.data;
  const ready = image !== undefined && stored !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a session lives as long as its image is on view, whatever else is fetched meanwhile.
  useEffect(() => {
    if (!image || !stored) return;
    const session = openSession(image, stored.objects, stored.history);
    openPlane(session, t, z);
    return () => {
      // A shape begun on one image must not be finished on another.
      cancelGesture();
      closeSession();
    };
  }, [imageId, ready]);

  useEffect(() => {
    const { session } = useEditing.getState();
    if (!session || session.imageId !== imageId) return;
    if (session.plane.t === t && session.plane.z === z) return;
    cancelGesture();
    openPlane(session, t, z);
  }, [imageId, t, z]);
}
