/** Where to look next: unsure places and likely mistakes with small pictures; a click or a key goes to one. */

import { Button } from '@mantine/core';
import type { ImageInfo, ReviewPlace } from '../../app/api/types.ts';
import { links } from '../api/backend.ts';
import { useImages } from '../api/queries.ts';
import {
  keyOf,
  ofKind,
  REVIEW_KINDS,
  showPlace,
  stepReview,
  useReview,
  useReviewPlaces,
} from '../state/review.ts';
import { useWorkspace } from '../state/workspace.ts';
import { texts } from '../texts.ts';

/** Pictures shown; the keys walk through all. */
const SHOWN = 12;
const PICTURE_SIDE = 62;
/** Longer side of the picture of an image that the small ones are cut from, px. */
const SOURCE_SIDE = 768;

export function ReviewList() {
  const images = useImages().data ?? [];
  const places = useReviewPlaces(images);
  const kind = useReview((state) => state.kind);
  const current = useWorkspace((state) => state.reviewPlace);
  const { review } = texts;
  const chosen = ofKind(places, kind);
  const at = chosen.findIndex((place) => current && keyOf(place) === keyOf(current));
  const first = Math.floor(Math.max(0, at) / SHOWN) * SHOWN;
  return (
    <section aria-label={review.title} className="review">
      <h3 className="review-title">{review.title}</h3>
      <div className="review-kinds" role="radiogroup" aria-label={review.kind}>
        {REVIEW_KINDS.map((one) => (
          <Button
            key={one}
            role="radio"
            aria-checked={one === kind}
            size="compact-xs"
            variant={one === kind ? 'filled' : 'default'}
            title={review.hints[one]}
            onClick={() => useReview.setState({ kind: one })}
          >
            {review.kinds[one]} {ofKind(places, one).length}
          </Button>
        ))}
      </div>
      <p className="soft">{chosen.length === 0 ? review.none : review.hints[kind]}</p>
      <ul className="review-list" aria-label={review.places}>
        {chosen.slice(first, first + SHOWN).map((place, i) => (
          <li key={keyOf(place)}>
            <PlaceButton
              place={place}
              image={images.find((image) => image.imageId === place.imageId)}
              number={first + i + 1}
              isCurrent={first + i === at}
            />
          </li>
        ))}
      </ul>
      {chosen.length > 0 && (
        <div className="row">
          <Button
            className="grow"
            variant="default"
            title={review.previousKey}
            onClick={() => void stepReview(-1)}
          >
            {review.previous}
          </Button>
          <Button
            className="grow"
            variant="default"
            title={review.nextKey}
            onClick={() => void stepReview(1)}
          >
            {review.next}
          </Button>
        </div>
      )}
    </section>
  );
}

interface PlaceButtonProps {
  place: ReviewPlace;
  image: ImageInfo | undefined;
  number: number;
  isCurrent: boolean;
}

function PlaceButton({ place, image, number, isCurrent }: PlaceButtonProps) {
  if (!image) return null;
  const name = texts.review.place(number, place.kind, image.name, place.score);
  return (
    <button
      type="button"
      className="review-place"
      aria-label={name}
      title={name}
      aria-current={isCurrent}
      style={pictureOf(place, image)}
      onClick={() => showPlace(place)}
    >
      <span>{number}</span>
    </button>
  );
}

/** The place, cut from the picture of its plane. */
function pictureOf({ area, t, z }: ReviewPlace, { imageId, shape }: ImageInfo) {
  const side = Math.max(32, 1.3 * Math.max(area.w, area.h));
  const scale = PICTURE_SIDE / side;
  const left = (area.x + area.w / 2 - side / 2) * scale;
  const top = (area.y + area.h / 2 - side / 2) * scale;
  return {
    backgroundImage: `url("${links.thumbnail(imageId, SOURCE_SIDE, { t, z })}")`,
    backgroundSize: `${shape.x * scale}px ${shape.y * scale}px`,
    backgroundPosition: `${-left}px ${-top}px`,
  };
}
