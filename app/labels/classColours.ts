/** Colours of classes: distinguishable with any colour vision (Okabe & Ito 2008, without black and grey). */

const COLOURS = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#0072b2', '#d55e00'] as const;

/** Colour of the class at this 1-based position, `#rrggbb`; repeats after seven. */
export function classColour(position: number): string {
  return COLOURS[(position - 1) % COLOURS.length] ?? COLOURS[0];
}
