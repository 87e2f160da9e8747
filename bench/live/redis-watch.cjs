// Runs inside a web pod (`node -e`, two arguments: addresses of servers and of Sentinels, divided by commas), as a
// client that the network policies let in: ten times a second it asks every server for its role and every Sentinel for
// the primary, and prints a line of JSON whenever an answer has changed. Ends with its standard input, so that nothing
// is left in the pod.
const { readFileSync } = require("node:fs");
const { Redis } = require("iovalkey");

const PERIOD_MS = 100;
const ANSWER_MS = 1_000;
const password = readFileSync(process.env.REDIS_PASSWORD_FILE, "utf8").trim();
const options = {
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
  retryStrategy: () => PERIOD_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
};

function member(host, port, extra, question) {
  const client = new Redis({ host, port, ...options, ...extra });
  client.on("error", () => undefined);
  return async () => {
    try {
      // Who has been started anew has another run id.
      const [info, answer] = await Promise.all([client.info("server"), question(client)]);
      return { host, run: /run_id:(\w+)/.exec(info)?.[1], answer };
    } catch {
      return { host };
    }
  };
}

const [serverHosts, sentinelHosts] = process.argv.slice(1).map((list) => list.split(","));
const askServers = serverHosts.map((host) =>
  member(host, 6379, { password }, async (client) => (await client.role())[0]),
);
const askSentinels = sentinelHosts.map((host) =>
  member(
    host,
    26379,
    {},
    async (client) => (await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", process.env.REDIS_MASTER_NAME))?.[0],
  ),
);

async function watch() {
  let said = "";
  for (;;) {
    const [servers, sentinels] = await Promise.all(
      [askServers, askSentinels].map((members) => Promise.all(members.map((ask) => ask()))),
    );
    const seen = JSON.stringify({ servers, sentinels });
    if (seen !== said) console.log(JSON.stringify({ at: Date.now(), servers, sentinels }));
    said = seen;
    await new Promise((done) => setTimeout(done, PERIOD_MS));
  }
}

process.stdin.resume().on("end", () => process.exit());
void watch();
