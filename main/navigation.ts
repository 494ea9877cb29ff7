/** What the window may load and open: its own pages, and documentation in the person's browser; nothing else. */

import { APP_ORIGIN } from './protocolBridge.ts';

/** True for pages of the app itself. */
export function isOwnPage(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}

/** True for links that may go to the system's browser. */
export function isExternalLink(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
