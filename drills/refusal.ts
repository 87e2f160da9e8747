/**
 * Something the user can mend: bad input, a stack that is not healthy, a foreign cluster.
 * Its message is one sentence that names the fix; it is shown without a stack trace.
 */
export class Refusal extends Error {}
