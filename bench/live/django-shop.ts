import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { request } from "undici";
import { openSession } from "../../commands/support/session";
import { check, type Findings } from "../../drills/check/checker";
import type { History } from "../../drills/load/history";
import { buildImage } from "../../local/docker/images";
import { ensureClusterTools } from "../../local/engine/tools";
import { repository } from "../../local/paths";
import { provideContainers, provideEngine } from "../../local/provide";

/** The name and the port that the example has where nothing is configured. */
export const [HOST, NODE_PORT] = ["shop.example.com", 30_080];

const POSTGRES_IMAGE = "localhost:5001/postgres:bench";

/** Orders in one answer of the shop. */
const PAGE = 1_000;

/** A copy of examples/django-shop, with a state of its own, as a user deploys it. */
export class DjangoShop {
  private readonly folder = mkdtempSync(join(tmpdir(), "holdfast-django-"));
  private lastMigration = "0002_products";

  private constructor(private readonly env: NodeJS.ProcessEnv) {
    const keep = (file: string): boolean => !/node_modules|__pycache__/.test(file);
    cpSync(join(repository, "examples/django-shop"), this.folder, { recursive: true, filter: keep });
    for (const folder of ["node_modules", "state"]) mkdirSync(join(this.folder, folder));
    symlinkSync(repository, join(this.folder, "node_modules/holdfast"));
    for (const name of ["@pulumi", "@types", "typescript"])
      symlinkSync(join(repository, "node_modules", name), join(this.folder, "node_modules", name));
  }

  /** Builds the package and the database's image, and deploys the example. */
  static async deploy(context: string): Promise<DjangoShop> {
    await provideContainers(console.log);
    await provideEngine();
    await ensureClusterTools();
    await buildImage(join(repository, "components/postgres/image"), [POSTGRES_IMAGE]);
    await execa("docker", ["push", "--quiet", POSTGRES_IMAGE]);
    await execa("npm", ["run", "build"], { cwd: repository });
    const shop = new DjangoShop({ ...process.env, ...(await openSession("dev")).env });
    await shop.pulumi("stack", "init", "bench");
    await shop.pulumi("config", "set", "context", context);
    await shop.pulumi("config", "set", "postgresImage", POSTGRES_IMAGE);
    await shop.pulumi("config", "set", "--secret", "secretKey", "of the bench");
    try {
      await shop.pulumi("up", "--yes", "--skip-preview");
    } catch (error) {
      await shop.remove();
      throw error;
    }
    return shop;
  }

  /** A new version with a migration, a column that the version before does not know. Returns when it is updated. */
  async release(): Promise<void> {
    const number = Number(this.lastMigration.slice(0, 4)) + 1;
    const migration = `
      from django.db import migrations

      class Migration(migrations.Migration):
          dependencies = [("store", "${this.lastMigration}")]
          operations = [migrations.RunSQL("ALTER TABLE store_order ADD COLUMN release_${number} text")]
    `.replaceAll(/^ {6}/gm, "");
    this.lastMigration = `${String(number).padStart(4, "0")}_release`;
    writeFileSync(join(this.folder, `app/store/migrations/${this.lastMigration}.py`), migration);
    await this.pulumi("up", "--yes", "--skip-preview");
  }

  /** Removes it from the cluster. */
  async remove(): Promise<void> {
    await this.pulumi("destroy", "--yes", "--skip-preview");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async pulumi(...args: string[]): Promise<void> {
    const { PULUMI_CONFIG_PASSPHRASE_FILE: _file, PULUMI_STACK: _stack, ...env } = this.env;
    const own = { PULUMI_BACKEND_URL: `file://${this.folder}/state`, PULUMI_CONFIG_PASSPHRASE: "bench" };
    // Apart, so that Ctrl-C at the terminal does not end what removes the shop again.
    const options = { cwd: this.folder, env: { ...env, ...own }, extendEnv: false, detached: true } as const;
    await execa("pulumi", [...args, "--non-interactive"], options);
  }
}

/**
 * Compares what customers were told with the shop's orders.
 *
 * @param prefix begins the keys of the run
 * @returns what a drill's checker finds, and acknowledged orders whose job was not done
 */
export async function audit(url: string, prefix: string, history: History): Promise<Findings & { undone: string[] }> {
  const copies = new Map<string, number>();
  const done = new Set<string>();
  for (let after = "", more = true; more; ) {
    const path = `/orders?keyPrefix=${prefix}&after=${after}&limit=${PAGE}`;
    const { body } = await request(url + path, { headers: { host: HOST } });
    const { orders } = (await body.json()) as { orders: { idempotencyKey: string; confirmed: boolean }[] };
    for (const { idempotencyKey: key, confirmed } of orders) {
      copies.set(key, (copies.get(key) ?? 0) + 1);
      if (confirmed) done.add(key);
    }
    after = orders.at(-1)?.idempotencyKey ?? "";
    more = orders.length === PAGE;
  }
  const told = history.writes.filter(({ outcome }) => outcome === "acknowledged").map(({ id }) => id);
  return { ...check(history, { copies, ends: [] }), undone: told.filter((id) => !done.has(id)) };
}
