import { describe, expect, it } from "vitest";
import type { Database, ReadOptions } from "./db/database.js";
import { parseLsn } from "./db/lsn.js";
import { NotFound, type Rejected } from "./errors.js";
import { Orders } from "./orders.js";

/** A database that answers every write with what `answer` makes of the statement's values. */
function writing(answer: (values: readonly unknown[]) => object[]) {
  const tried: (readonly unknown[])[] = [];
  const database = {
    // Runs the work twice, like a database whose first answer was lost.
    write: async (work: (query: unknown) => Promise<unknown>) => {
      const query = async (_text: string, values: readonly unknown[]) => {
        tried.push(values);
        return answer(values);
      };
      await work(query);
      return { value: await work(query), lsn: parseLsn("0/20") };
    },
  } as unknown as Database;
  return { orders: new Orders(database), tried };
}

describe("placing an order", () => {
  const wish = { productId: 7, quantity: 2 };

  it("is new when the row found is ours, also when the attempt that made it got no answer", async () => {
    const { orders, tried } = writing(([id]) => [{ id, ...wish }]);
    expect(await orders.place("k", wish)).toMatchObject({ created: true, lsn: "0/20" });
    expect(tried[0]).toEqual(tried[1]);
  });

  it("is a repetition when the row is another's", async () => {
    const { orders } = writing(() => [{ id: "earlier", ...wish }]);
    expect(await orders.place("k", wish)).toMatchObject({ created: false, order: { id: "earlier" } });
  });

  it("is refused when the key stands for another product or quantity", async () => {
    const { orders } = writing(() => [{ id: "earlier", productId: 7, quantity: 3 }]);
    await expect(orders.place("k", wish)).rejects.toMatchObject({ statusCode: 422 } satisfies Partial<Rejected>);
  });

  it("needs a product", async () => {
    const { orders } = writing(() => []);
    await expect(orders.place("k", wish)).rejects.toThrow(NotFound);
  });
});

describe("finding an order", () => {
  /** @param holders which of the two knows the order. */
  function reading(holders: { replica: boolean; primary: boolean }) {
    const asked: ReadOptions[] = [];
    const database = {
      read: async (_work: unknown, options: ReadOptions) => {
        asked.push(options);
        return (options.strict ? holders.primary : holders.replica) ? [{ id: "x" }] : [];
      },
    } as unknown as Database;
    return { orders: new Orders(database), asked };
  }

  it("asks the primary before it says no", async () => {
    const { orders, asked } = reading({ replica: false, primary: true });
    await expect(orders.find("x", undefined)).resolves.toMatchObject({ id: "x" });
    expect(asked.map(({ strict }) => strict)).toEqual([false, true]);
    await expect(reading({ replica: false, primary: false }).orders.findByKey("k", undefined)).rejects.toThrow(
      NotFound,
    );
  });

  it("doesn't trouble the primary when a replica knows it", async () => {
    const { orders, asked } = reading({ replica: true, primary: true });
    await orders.find("x", parseLsn("0/20"));
    expect(asked).toEqual([{ after: "0/20", strict: false }]);
  });
});
