/** Typed HTTP client; every refusal becomes an `ApiError` with the server's words. */
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema.gen";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
  ) {
    super(text);
  }
}

const refusals: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const body: unknown = await response.clone().json().catch(() => null);
    const { code = "http", text = `The server answered ${response.status}.` } = (body ?? {}) as { code?: string; text?: string };
    throw new ApiError(response.status, code, text);
  },
};

export const http = createClient<paths>({ baseUrl: "/" });
http.use(refusals);

/** Returns the body of a reply; `http` has thrown already when there is none. */
export async function body<T>(reply: Promise<{ data?: T }>): Promise<T> {
  return (await reply).data as T;
}

/** Returns what lies at an address of the api that the api itself named. */
export async function getFrom<T>(address: string): Promise<T> {
  return (await http.GET(address as "/api/system")).data as T;
}
