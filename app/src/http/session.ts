import type { FastifyReply, FastifyRequest } from "fastify";
import { laterLsn, type Lsn, parseLsn } from "../db/lsn.js";

/** Header with which a program carries its session to the next request. */
const HEADER = "x-session-lsn";
/** Cookie with which a browser does the same. */
const COOKIE = "session_lsn";

/**
 * Lifetime of the cookie: longer than any replica lags. It has to end, because after a restore an old position is never
 * reached again, and would send the browser's reads to the primary for ever.
 */
const COOKIE_SECONDS = 3_600;

/**
 * The log position of the session's last write, as the client sends it. It is not signed, because a forged one only
 * sends the client's own reads to the primary.
 */
export function sessionLsn(request: FastifyRequest): Lsn | undefined {
  const header = request.headers[HEADER];
  return laterLsn(parseLsn(Array.isArray(header) ? header[0] : header), parseLsn(request.cookies[COOKIE]));
}

/** Sends the client the log position after its write, or the position it sent if that is later. */
export function carrySession(request: FastifyRequest, reply: FastifyReply, lsn: Lsn | undefined): void {
  const latest = laterLsn(sessionLsn(request), lsn);
  if (latest === undefined) return;
  reply.header(HEADER, latest);
  reply.setCookie(COOKIE, latest, { path: "/", httpOnly: true, sameSite: "lax", maxAge: COOKIE_SECONDS });
}
