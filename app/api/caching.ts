/** When a browser may keep what never changes: pixels and thumbnails, for as long as the same project is open. */

import type { Workspace } from './workspace.ts';

/**
 * The project's cache key stands in the address as `v` where the page knows it: then the answer is good for ever.
 * Without it the same address may belong to another project, so the browser has to ask again with the ETag.
 */
export function immutableCaching(
  workspace: Workspace,
  version: string | undefined,
  path: string,
  variant = '',
): { etag: string; cacheControl: string } {
  const { cacheKey } = workspace;
  return {
    etag: `"${cacheKey}${path}${variant === '' ? '' : `:${variant}`}"`,
    cacheControl: version === cacheKey ? 'private, max-age=31536000, immutable' : 'private, no-cache',
  };
}
