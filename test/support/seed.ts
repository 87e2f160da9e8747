import fc from "fast-check";

/**
 * Generated tests make the same cases in every run, so that a red run can be repeated; `FAST_CHECK_SEED` looks at
 * others.
 */
fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 20_251_125) });
