/** No instance answered in time, or each said that it can't (5xx). Another try later may work. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
  constructor(
    readonly service: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${service} is unavailable: ${reason}`, options);
  }
}

/** The service answered, with a refusal (4xx). */
export class ServiceAnswered extends Error {
  override readonly name = 'ServiceAnswered';
  constructor(
    readonly service: string,
    readonly status: number,
    /** The problem's code, empty when the answer was none. */
    readonly code: string,
  ) {
    super(`${service} answered ${String(status)} ${code}`.trim());
  }
}
