/**
 * Annotation of pods that have secrets in their environment: a JSON list of those variables, `["SECRET_KEY"]`.
 * Components write it; a policy accepts the variables that are named there, and no others.
 */
export const SECRET_ENV_ANNOTATION = "holdfast.dev/secret-env";
