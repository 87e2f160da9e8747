import type { FastifyInstance } from "fastify";
import type { Products } from "../products.js";
import type { Pages } from "../pages.js";
import { sendHtml, sendJson, wantsHtml } from "./negotiate.js";

/** The largest value of PostgreSQL's integer. */
const MAX_ID = 2_147_483_647;

/** The catalogue and one product, as a page or as JSON; `x-cache: hit` says that no database was asked. */
export function productRoutes(app: FastifyInstance, products: Products, pages: Pages): void {
  app.get<{ Querystring: { page: number } }>(
    "/",
    {
      schema: {
        querystring: {
          type: "object",
          properties: { page: { type: "integer", minimum: 1, maximum: 1_000_000, default: 1 } },
        },
      },
    },
    async (request, reply) => {
      const { page } = request.query;
      if (wantsHtml(request)) {
        const { value, hit } = await pages.listing(page);
        return sendHtml(reply.header("x-cache", hit ? "hit" : "miss"), value);
      }
      const { value, hit } = await products.list(page);
      return sendJson(reply.header("x-cache", hit ? "hit" : "miss"), value);
    },
  );

  app.get<{ Params: { id: number } }>(
    "/products/:id",
    {
      schema: {
        params: {
          type: "object",
          required: ["id"],
          properties: { id: { type: "integer", minimum: 1, maximum: MAX_ID } },
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (wantsHtml(request)) {
        const { value, hit } = await pages.product(id);
        return sendHtml(reply.header("x-cache", hit ? "hit" : "miss"), value);
      }
      const { value, hit } = await products.find(id);
      return sendJson(reply.header("x-cache", hit ? "hit" : "miss"), value);
    },
  );
}
