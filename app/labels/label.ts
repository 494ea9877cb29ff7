/** What the 32-bit value of a labelled pixel means; shared by store, training and page. */

/** The pixel was never painted: it never trains and is never scored. */
export const UNLABELLED = 0;

/** The pixel belongs to no object. */
export const BACKGROUND = 1;

/** Values from here on name an object of the image (a row of the store). */
export const FIRST_OBJECT = 2;

/** In a gesture's rectangles: the pixel stays as it is in the store. No pixel of a project holds this value. */
export const KEPT = 0xffff_ffff;

/** The largest label that a pixel can hold. */
export const LARGEST_LABEL = KEPT - 1;
