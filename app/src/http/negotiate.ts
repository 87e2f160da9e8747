import type { FastifyReply, FastifyRequest } from "fastify";

/** Whether the client prefers a page to JSON. A client that accepts anything (curl) gets JSON. */
export const wantsHtml = (request: FastifyRequest): boolean => request.accepts().type(["json", "html"]) === "html";

/** Sends a page. No proxy may cache it, because it depends on `Accept` and holds the key for one order. */
export function sendHtml(reply: FastifyReply, html: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("vary", "accept").header("cache-control", "no-store").send(html);
}

/** Sends JSON where the same address also has a page. */
export const sendJson = (reply: FastifyReply, body: unknown): FastifyReply => reply.header("vary", "accept").send(body);
