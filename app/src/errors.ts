/** The shop cannot answer now, and the client may safely repeat the request; answered 503 with `Retry-After`. */
export class Unavailable extends Error {
  readonly statusCode = 503;

  /** @param cause what the last attempt ran into; logged, never shown. */
  constructor(cause: unknown) {
    super(
      "The shop can't answer this just now. Please try again; an order sent twice with the same key is placed once.",
      {
        cause,
      },
    );
  }
}

/** There is no such product, order or page. */
export class NotFound extends Error {
  readonly statusCode = 404;
}

/** The request contradicts itself or an earlier one. */
export class Rejected extends Error {
  /** @param statusCode 400 for a malformed request, 422 for a key that was used for something else. */
  constructor(
    readonly statusCode: 400 | 422,
    message: string,
  ) {
    super(message);
  }
}
