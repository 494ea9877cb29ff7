/** One way to ask the backend: same origin in every host, failures as {@link ApiError} with the backend's sentence. */

import type { SerialisedError } from '../../app/api/types.ts';

/** A refusal of the backend (`status` 400 … 599), or no connection at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly tag: SerialisedError['tag'];

  constructor(status: number, tag: SerialisedError['tag'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.tag = tag;
  }

  /** Trying the same request again may succeed. */
  get transient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** What this page calls itself, so that it knows its own changes among the backend's events. */
export const PAGE = crypto.randomUUID();

/** Sends a request; an answer that is not 2xx is thrown. An abort passes through as it is. */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    const headers = new Headers(init?.headers);
    headers.set('x-limn-page', PAGE);
    response = await fetch(path, { credentials: 'same-origin', ...init, headers });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiError(
      0,
      'Unexpected',
      'The Limn server does not answer. Check that it is still running.',
      error,
    );
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const error = errorIn(text);
  const message = error?.message ?? `The server answered with status ${response.status}.`;
  return new ApiError(response.status, error?.tag ?? 'Unexpected', message);
}

function errorIn(text: string): SerialisedError | undefined {
  if (!text.startsWith('{')) return undefined;
  const body = JSON.parse(text) as { error?: SerialisedError };
  return body.error;
}

let cacheKey = '';

/** Stands for this opening of the project: what carries it may be kept by the browser for good. */
export function setCacheKey(key: string): void {
  cacheKey = key;
}

/** The key of the project that the page shows; empty before it is known. */
export function knownCacheKey(): string {
  return cacheKey;
}

/** The address with the project's cache key. */
export function cached(path: string): string {
  return cacheKey === '' ? path : `${path}?v=${encodeURIComponent(cacheKey)}`;
}
