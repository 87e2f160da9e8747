import { Agent, type RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  ask,
  balancer,
  EVERY,
  nobody,
  passing,
  pod,
  READY,
  status,
  undo,
  until,
  type Got,
  type Pod,
} from "../../test/support/balancer";
import { haproxyMissing } from "../../test/support/haproxy";

/** Far more than the 5 s that a request waits for a server, and less than HAProxy's time for an answer. */
const BOUND_MS = 20_000;

describe.skipIf(haproxyMissing !== undefined)(
  `HAProxy itself (${haproxyMissing ?? "at work"}), where no server passes its check`,
  () => {
    test(
      "while one server passes its check, no other gets a request; when none does, every one that accepts " +
        "connections does",
      async () => {
        const [well, sick, unready] = [await pod(status(200)), await pod(status(503)), await pod(status(503))];
        const running = await balancer({ [READY]: [well, sick], [EVERY]: [well, sick, unready] });
        await until(async () => (await passing(running, "servers")) === 1 && (await passing(running, "reserve")) === 3);
        const by = async () => {
          const all = await Promise.all(Array.from({ length: 12 }, () => ask(running.port)));
          return new Set(all.map((got) => `${got.status} ${got.by}`));
        };
        expect(await by()).toEqual(new Set([`200 ${well.port}`]));
        well.server.removeAllListeners("request");
        well.server.on("request", (incoming, response) => {
          if (incoming.url === "/readyz") return; // Every worker is held up: the check gets no answer.
          response.setHeader("pod", String(well.port)).end("from the cache");
        });
        await until(async () => (await passing(running, "servers")) === 0);
        expect(await by()).toEqual(new Set([well, sick, unready].map(({ port }) => `200 ${port}`)));
      },
    );

    /** What a keep-alive client got, and when it asked, in milliseconds after `gone`. */
    type Answer = Got & { at: number };

    /** Three servers with twenty keep-alive clients that they have served, and then all of them gone. */
    async function whenAllGo(gone: (pods: Pod[]) => Promise<unknown>) {
      const pods = [await pod(status(200)), await pod(status(200)), await pod(status(200))];
      const running = await balancer({ [READY]: pods, [EVERY]: pods }, { algorithm: "leastconn" });
      await until(async () => (await passing(running, "servers")) === 3 && (await passing(running, "reserve")) === 3);
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      undo.push(async () => agent.destroy());
      const many = (method: string) =>
        Promise.all(Array.from({ length: 20 }, () => ask(running.port, { agent, method })));
      expect((await many("GET")).every((got) => got.status === 200)).toBe(true);
      for (const { server } of pods) server.close().closeAllConnections();
      const began = Date.now();
      await gone(pods);
      /** Asks over and over until so many milliseconds after the end of the servers. */
      const askUntil = async (end: number): Promise<Answer[]> => {
        const answers: Answer[] = [];
        for (; Date.now() < began + end; await sleep(100)) {
          const at = Date.now() - began;
          answers.push(...(await many("POST")).map((got) => ({ ...got, at })));
        }
        return answers;
      };
      return { running, askUntil };
    }

    test("a request waits for a pod to come, and is served by it", async () => {
      const { running, askUntil } = await whenAllGo(async () => undefined);
      const waiting = askUntil(4_000);
      await sleep(2_000);
      const fresh = [await pod(status(200))];
      Object.assign(running.names, { [READY]: fresh, [EVERY]: fresh });
      const answers = await waiting;
      expect(answers.filter(({ at }) => at > 0).length).toBeGreaterThan(0);
      // The first twenty may still have met the servers' end.
      expect(answers.filter(({ at, status: code }) => code !== 200 && (at > 100 || code !== 503))).toEqual([]);
    }, 30_000);

    test("where none comes it is answered 503 within 5 s, and at once when they have been gone for 15 s", async () => {
      const { running, askUntil } = await whenAllGo(async () => undefined);
      const answers = await askUntil(17_000);
      expect(answers.filter((got) => got.status !== 503)).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
      expect(answers.filter(({ at }) => at > 15_500).length).toBeGreaterThan(0);
      // Less than the wait of those that came before.
      expect(answers.filter(({ at, ms }) => at > 15_500 && ms > 4_000)).toEqual([]);
      const { headers } = await fetch(`http://127.0.0.1:${running.port}/`);
      expect(headers.get("retry-after")).toBe("2");
    }, 60_000);

    test("when all have vanished without a word, every request that comes 1 s later is answered, too", async () => {
      const { askUntil } = await whenAllGo((pods) => nobody(pods.map(({ port }) => port)));
      const answers = await askUntil(9_000);
      expect(answers.filter((got) => got.at > 1_000 && got.status !== 503)).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
    }, 60_000);

    /** A server with one worker: whoever waits for the database makes everybody else wait, its check included. */
    function blocking(database: { away: Promise<unknown> }): [RequestListener, RequestListener] {
      let worker = Promise.resolve<unknown>(undefined);
      const turn = (work: () => Promise<unknown>) => {
        worker = worker.then(work);
      };
      return [
        (_, response) => turn(async () => response.end("ready")),
        ({ method }, response) =>
          turn(async () => {
            if (method === "POST") await database.away;
            response.end("done");
          }),
      ];
    }

    /** Six seconds without a database under 20 reads and 5 writes a second; the answers in that time, by status. */
    async function failover(edit?: (config: string) => string): Promise<Record<number, number>> {
      const database = { away: Promise.resolve<unknown>(undefined) };
      const pods = [
        await pod(...blocking(database)),
        await pod(...blocking(database)),
        await pod(...blocking(database)),
      ];
      const running = await balancer({ [READY]: pods, [EVERY]: pods }, {}, edit);
      await until(async () => (await passing(running, "servers")) === 3 && (await passing(running, "reserve")) === 3);
      database.away = sleep(6_000);
      const asked: Promise<Got>[] = [];
      for (let tick = 0; tick < 160; tick++) {
        asked.push(ask(running.port));
        if (tick % 4 === 0) asked.push(ask(running.port, { method: "POST" }));
        await sleep(50);
      }
      const counts: Record<number, number> = {};
      for (const { status: code } of await Promise.all(asked)) counts[code] = (counts[code] ?? 0) + 1;
      return counts;
    }

    /** The configuration as it was when it emptied itself. */
    const emptied = (config: string) =>
      config.replace(/^.*lua\.wait_for_server.*\n/m, "").replace(/^ {2}use_backend reserve.*\n/m, "");

    test("blocking servers, all held up by the database: every request waits and is served", async () => {
      expect(await failover()).toEqual({ 200: 200 });
    }, 60_000);

    test("which a balancer that empties itself answers 503", async () => {
      expect((await failover(emptied))[503]).toBeGreaterThan(0);
    }, 60_000);
  },
);
