/** Lets only the person who started the served host in: loopback names, same origin, then a token that becomes a cookie. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LimnError } from '../errors.ts';
import { errorResponse } from './errorResponse.ts';
import { pageResponse } from './staticFiles.ts';

/** Names under which a browser may reach this machine's loopback; any other Host is another site's trick. */
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A response that ends the request, or null to let it pass. */
export type AccessGuard = (request: Request) => Response | null;

/** 256 random bits, safe in an address. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * @param token what the printed address carries; also accepted as `Authorization: Bearer …`
 * @param port sets cookies of several servers on one machine apart (cookies ignore ports)
 */
export function createAccessGuard({ token, port }: { token: string; port: number }): AccessGuard {
  const cookieName = `limn_${port}`;
  // The cookie is not the token: what leaks from a browser's cookie store does not open the printed address.
  const session = createToken();

  return (request) => {
    const url = new URL(request.url);
    const host = request.headers.get('host') ?? url.host;
    if (!LOOPBACK_NAMES.has(host.replace(/:\d+$/, ''))) {
      return refuse(
        403,
        `Limn answers to 127.0.0.1 and localhost only, not to “${host}”; use the address it printed.`,
      );
    }
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== `http://${host}`) {
      return refuse(403, 'Limn answers to its own page only; open the address it printed.');
    }
    const api = url.pathname === '/api' || url.pathname.startsWith('/api/');
    const site = request.headers.get('sec-fetch-site');
    if (api && site !== null && site !== 'same-origin' && site !== 'none') {
      return refuse(403, 'Limn answers to its own page only; open the address it printed.');
    }
    const given = url.searchParams.get('token');
    if (!api && request.method === 'GET' && given !== null && equal(given, token)) {
      return new Response(null, {
        status: 303,
        headers: {
          location: '/',
          'set-cookie': `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`,
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
        },
      });
    }
    const cookie = cookieOf(request, cookieName);
    if (cookie !== null && equal(cookie, session)) return null;
    const bearer = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
    if (bearer !== undefined && equal(bearer, token)) return null;
    if (api)
      return refuse(
        401,
        'This browser is not let in yet; open the whole address that Limn printed, token included.',
      );
    return pageResponse(
      401,
      'Open the whole address',
      'This browser is not let in yet. Open the address that Limn printed when it started, with its <code>?token=…</code>.',
    );
  };
}

function refuse(status: 401 | 403, message: string): Response {
  const refusal = errorResponse(new LimnError('WrongUsage', message));
  return new Response(refusal.body, { status, headers: refusal.headers });
}

function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

/** Takes the same time whatever the difference is. */
function equal(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
