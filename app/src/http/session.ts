import type { FastifyReply, FastifyRequest } from "fastify";
import { laterLsn, type Lsn, parseLsn } from "../db/lsn.js";

/** How a program carries its session from one request to the next. */
const HEADER = "x-session-lsn";
/** How a browser does. */
const COOKIE = "session_lsn";

/**
 * Longer than any replica may lag and still serve. It ends at all because a position from before a restore lies in a
 * future that never comes, and would send the browser's reads to the primary for ever.
 */
const COOKIE_SECONDS = 3_600;

/**
 * The log position of the session's last write, as the client tells it. It is not signed: who makes one up can only
 * send their own reads to the primary.
 */
export function sessionLsn(request: FastifyRequest): Lsn | undefined {
  const header = request.headers[HEADER];
  return laterLsn(parseLsn(Array.isArray(header) ? header[0] : header), parseLsn(request.cookies[COOKIE]));
}

/** Hands the position after a write to the client, or the one it came with if that is later. */
export function carrySession(request: FastifyRequest, reply: FastifyReply, lsn: Lsn | undefined): void {
  const latest = laterLsn(sessionLsn(request), lsn);
  if (latest === undefined) return;
  reply.header(HEADER, latest);
  reply.setCookie(COOKIE, latest, { path: "/", httpOnly: true, sameSite: "lax", maxAge: COOKIE_SECONDS });
}
