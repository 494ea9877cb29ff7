/** Which Limn this is, so that a run can say what made it. */

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The way is the same from the source tree (app/services) and from the packaged app (out/main). */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let known: string | undefined;

/** The version, with the commit of a checkout: `0.1.0 (1a2b3c4)`. */
export function limnVersion(): string {
  known ??= findVersion();
  return known;
}

function findVersion(): string {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
  const commit = commitOf(`${ROOT}.git`);
  return commit === null ? version : `${version} (${commit.slice(0, 7)})`;
}

/** The commit checked out in a repository; null where there is none. */
function commitOf(git: string): string | null {
  const link = /^gitdir: (.+)/.exec(textOf(git) ?? '')?.[1];
  const folder = link ?? git;
  const head = textOf(`${folder}/HEAD`)?.trim();
  const reference = /^ref: (.+)/.exec(head ?? '')?.[1];
  if (reference === undefined) return head ?? null;
  const shared = textOf(`${folder}/commondir`)?.trim();
  const common = shared === undefined ? folder : shared.startsWith('/') ? shared : `${folder}/${shared}`;
  const packed = textOf(`${common}/packed-refs`)
    ?.split('\n')
    .find((line) => line.endsWith(` ${reference}`));
  return textOf(`${common}/${reference}`)?.trim() ?? packed?.slice(0, 40) ?? null;
}

function textOf(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : null;
}
