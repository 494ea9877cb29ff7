/** The built page as responses: the same files and the same content security policy under every host. */

import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Scripts, workers and requests from this origin only; the component library writes style elements. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of everything that a host hands out, pages and data alike. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * One file of the built page; `/` is its index. Files under `assets/` carry a hash in their name and never change.
 * @param folder the built page, such as `dist/renderer`
 * @param path the request's path, percent-encoded
 */
export async function staticFile(folder: string, path: string): Promise<Response> {
  const relative = relativePath(path);
  if (relative === null) return textResponse(400, 'This address cannot be read.');
  try {
    const bytes = await readFile(join(folder, relative));
    return new Response(bytes, {
      headers: {
        'content-type': CONTENT_TYPES[extname(relative)] ?? 'application/octet-stream',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'cache-control': relative.startsWith(`assets${sep}`)
          ? 'private, max-age=31536000, immutable'
          : 'no-cache',
      },
    });
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (relative !== 'index.html') return textResponse(404, `There is no ${path} here.`);
    return pageResponse(
      503,
      'The page is not built yet',
      'Run <code>npm run build</code> in the folder of Limn (<code>npm start</code> does it by itself), then reload.',
    );
  }
}

/** A small page of Limn's own, for the moments when there is no workstation to show. `body` is HTML. */
export function pageResponse(status: number, title: string, body: string): Response {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Limn: ${title}</title>
<style>body{font:16px/1.5 system-ui;max-width:36rem;margin:20vh auto;padding:0 1rem;color:#ddd;background:#222}code{background:#333;padding:.1em .3em}</style>
</head><body><h1>${title}</h1><p>${body}</p></body></html>`;
  return new Response(page, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-store',
    },
  });
}

/** The path below the folder, or null where it would leave it or cannot be decoded. */
function relativePath(path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const relative = normalize(decoded).replace(/^[/\\]+/, '');
  if (relative.split(sep).includes('..')) return null;
  return relative === '' || relative === '.' ? 'index.html' : relative;
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR';
}

function textResponse(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** The response as a host hands it out. */
export function withSecurityHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
