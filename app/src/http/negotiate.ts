import type { FastifyReply, FastifyRequest } from "fastify";

/** Whether the client would rather have a page than JSON. A client that takes anything (curl) gets JSON. */
export function wantsHtml(request: FastifyRequest): boolean {
  return request.accepts().type(["json", "html"]) === "html";
}

/** Sends a page. It depends on `Accept`, and holds a key for one order, so nobody may keep it for somebody else. */
export function sendHtml(reply: FastifyReply, html: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("vary", "accept").header("cache-control", "no-store").send(html);
}

/** Sends JSON where the same address also has a page. */
export function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header("vary", "accept").send(body);
}
