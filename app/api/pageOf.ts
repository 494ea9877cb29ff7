/** Which page a request comes from: each says so in a header, and hears its own changes told as its own. */

import type { Context } from 'hono';

const LONGEST = 64;

/** For the event of a change; empty where the request does not say (scripts, other programs). */
export function pageOf(c: Context): { page?: string } {
  const page = c.req.header('x-limn-page');
  return page === undefined || page.length > LONGEST ? {} : { page };
}
