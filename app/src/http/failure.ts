import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { NotFound, Unavailable } from "../errors.js";
import type { Pages } from "../pages.js";
import { sendHtml, wantsHtml } from "./negotiate.js";

/** Seconds after which to try again. Most outages that outlast a deadline end within this time. */
const RETRY_AFTER_SECONDS = 5;

/** One place where exceptions become answers, as a page or as JSON. */
export function failureHandlers(app: FastifyInstance, pages: Pages): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const route = request.routeOptions.url;
    if (error instanceof Unavailable) {
      // One line, without the stack: in an outage there are many, and all alike.
      request.log.warn({ route, reason: String(error.cause) }, "past the deadline");
      reply.header("retry-after", RETRY_AFTER_SECONDS);
    } else if (status >= 500) {
      request.log.error({ err: error, route }, "request failed");
    }
    // An unexpected error's message is not for the visitor.
    return answer(request, reply, pages, status, status === 500 ? "Something went wrong here." : error.message);
  });

  app.setNotFoundHandler((request, reply) => {
    const { statusCode, message } = new NotFound("There is no such page.");
    return answer(request, reply, pages, statusCode, message);
  });
}

function answer(request: FastifyRequest, reply: FastifyReply, pages: Pages, status: number, message: string) {
  reply.code(status);
  return wantsHtml(request) ? sendHtml(reply, pages.message(status, message)) : reply.send({ error: message });
}
