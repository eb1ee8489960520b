import { ApiDocument } from './api-document.js';
import { readEventStream, type EventReader } from './event-stream.js';

/** What came back over HTTP; the body is parsed where it is JSON. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
  /** In the API's document; undefined where there is no such operation. */
  operationId: string | undefined;
}

type HeaderFields = Record<string, string>;

/** One caller of the API at `baseUrl`: anybody, or who the token says. An answer that is not as the document says fails. */
export class Api {
  constructor(
    readonly baseUrl: string,
    readonly token?: string,
  ) {}

  get<T>(path: string, headers: HeaderFields = {}): Promise<Answer<T>> {
    return this.send('GET', path, undefined, headers);
  }

  post<T>(path: string, body: unknown, headers: HeaderFields = {}): Promise<Answer<T>> {
    return this.send('POST', path, body, headers);
  }

  put<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send('PUT', path, body, {});
  }

  patch<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send('PATCH', path, body, {});
  }

  /** Server-sent events, as they come. */
  watch<T>(path: string, headers: HeaderFields = {}): Promise<EventReader<T>> {
    return readEventStream<T>(new URL(path, this.baseUrl).href, { ...this.authorization, ...headers });
  }

  /** The same address, as somebody who logged in. */
  async logIn(email: string, password = 'holdfast-demo'): Promise<Api> {
    const { status, body } = await this.post<{ accessToken: string }>('/sessions', { email, password });
    if (status !== 201) throw new Error(`${email} could not log in: ${status} ${JSON.stringify(body)}`);
    return new Api(this.baseUrl, body.accessToken);
  }

  private get authorization(): HeaderFields {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  async send<T>(method: string, path: string, body: unknown, headers: HeaderFields = {}): Promise<Answer<T>> {
    const response = await fetch(new URL(path, this.baseUrl), {
      method,
      headers: {
        ...this.authorization,
        ...(body === undefined || body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
    const document = await ApiDocument.of(this.baseUrl);
    return { ...answer, operationId: document.check({ method, path, ...answer }) };
  }
}
