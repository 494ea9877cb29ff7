/** The tour's card beside the part of the frame that it tells of; Next has the focus, arrows go on and back, Escape skips. */

import { Button, type FloatingPosition, Popover } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import { endTour, stepTour, TOUR_STEPS, type TourStep, useTour } from '../state/tour.ts';
import { texts } from '../texts.ts';

interface Place {
  /** The part of the frame that a step is about. */
  part: string;
  /** The side of it on which the card lies. */
  side: FloatingPosition;
  /** For a part too large to lie beside: how far down on it the card lies, 0 … 1. */
  on?: number;
}

const CANVAS = '.canvas, .canvas-empty';

const PLACES: Readonly<Record<TourStep, Place>> = {
  welcome: { part: CANVAS, side: 'bottom', on: 0.25 },
  images: { part: '.image-list', side: 'right-start' },
  tools: { part: '.toolbar', side: 'right-start' },
  labels: { part: '.side', side: 'left-start' },
  weights: { part: CANVAS, side: 'bottom', on: 0.62 },
  train: { part: '.side', side: 'left-start' },
  predict: { part: '.side', side: 'left-start' },
  export: { part: '.side', side: 'left-start' },
};

export function Tour() {
  const at = useTour((state) => state.at);
  const step = at === null ? undefined : TOUR_STEPS[at];
  const isOn = step !== undefined;
  useEffect(() => {
    if (!isOn) return;
    // Before all others: a stroke's Escape and a slider's arrows rest while the tour is on.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [isOn]);
  useEffect(() => {
    if (!isOn) return;
    return () => document.querySelector<HTMLElement>('.canvas')?.focus({ preventScroll: true });
  }, [isOn]);
  // A card of its own for each step, so that each is announced and its button focused.
  return at === null || step === undefined ? null : <TourCard key={step} at={at} step={step} />;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key === 'ArrowRight') stepTour(1);
  else if (event.key === 'ArrowLeft') stepTour(-1);
  else if (event.key === 'Escape') endTour();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function TourCard({ at, step }: { at: number; step: TourStep }) {
  const id = useId();
  const { part, side, on } = PLACES[step];
  const box = useBoxOf(part);
  const { tour } = texts;
  const { title, text } = tour.steps[step];
  const isLast = at === TOUR_STEPS.length - 1;

  if (box === null) return null;
  const anchor =
    on === undefined
      ? box
      : { left: box.left + box.width / 2, top: box.top + box.height * on, width: 0, height: 0 };
  return (
    <>
      <div className="tour-part" style={box} />
      <Popover
        opened
        position={side}
        middlewares={{ shift: { padding: 12 }, flip: true, inline: false }}
        trapFocus
        withArrow
        withRoles={false}
        closeOnClickOutside={false}
        closeOnEscape={false}
        width={320}
        shadow="lg"
        transitionProps={{ duration: 0 }}
        zIndex={400}
      >
        <Popover.Target>
          <div className="tour-anchor" style={anchor} />
        </Popover.Target>
        <Popover.Dropdown
          role="dialog"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-text`}
          p="md"
        >
          <p className="soft tour-count">{tour.step(at + 1, TOUR_STEPS.length)}</p>
          <h2 id={`${id}-title`} className="tour-title">
            {title}
          </h2>
          <p id={`${id}-text`} className="tour-text">
            {text}
          </p>
          <div className="row">
            {!isLast && (
              <Button variant="subtle" color="gray" onClick={endTour}>
                {tour.skip}
              </Button>
            )}
            <span className="grow" />
            {at > 0 && (
              <Button variant="default" onClick={() => stepTour(-1)}>
                {tour.back}
              </Button>
            )}
            <Button data-autofocus onClick={() => stepTour(1)}>
              {isLast ? tour.done : tour.next}
            </Button>
          </div>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where a part of the page lies, px, while the frame changes; the whole window for a part that is not there. Null at first. */
function useBoxOf(selector: string): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    const element = document.querySelector(selector);
    const measure = () => {
      const { left, top, width, height } = (element ?? document.documentElement).getBoundingClientRect();
      setBox({ left, top, width, height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    // A part may move without a change of its size; the canvas then has another one.
    for (const part of document.querySelectorAll(`${selector}, ${CANVAS}`)) observer.observe(part);
    return () => observer.disconnect();
  }, [selector]);
  return box;
}
