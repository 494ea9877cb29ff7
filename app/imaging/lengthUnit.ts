/** Units of length as ImageJ and OME-XML write them. */

const MICROMETRES: Readonly<Record<string, number>> = {
  um: 1,
  micron: 1,
  microns: 1,
  micrometer: 1,
  micrometers: 1,
  micrometre: 1,
  micrometres: 1,
  nm: 1e-3,
  nanometer: 1e-3,
  nanometre: 1e-3,
  pm: 1e-6,
  å: 1e-4,
  angstrom: 1e-4,
  mm: 1e3,
  millimeter: 1e3,
  millimetre: 1e3,
  cm: 1e4,
  centimeter: 1e4,
  centimetre: 1e4,
  m: 1e6,
  meter: 1e6,
  metre: 1e6,
  inch: 25_400,
  in: 25_400,
  inches: 25_400,
};

/** Micrometres in one of the named unit; null for 'pixel' and for anything unknown. */
export function micrometresPer(unit: string): number | null {
  const plain = unit
    .trim()
    .replace(/\\u00b5/i, 'u')
    .replace(/^[\u00b5\u03bc]/, 'u')
    .toLowerCase();
  return MICROMETRES[plain] ?? null;
}
