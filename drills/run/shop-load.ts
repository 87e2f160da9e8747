import { drive, type Load, type LoadShape } from "../load/drive";
import { Journal } from "../load/journal";
import { ShopWay } from "../load/shop";

/** Load through the shop, with its journal. */
export class ShopLoad {
  readonly load: Load;
  private readonly way: ShopWay;
  private readonly journal: Journal;

  /**
   * @param url the shop's
   * @param prefix begins every id
   * @param journalPath file that is made for the journal
   */
  constructor(
    url: string,
    shape: LoadShape,
    prefix: string,
    seed: number,
    readonly journalPath: string,
  ) {
    this.way = new ShopWay(url, seed);
    this.journal = new Journal(journalPath);
    this.load = drive(this.way, this.journal, shape, prefix, seed);
  }

  /** Ends it at once: what is still under way fails. */
  async end(): Promise<void> {
    await this.way.close();
    await this.load.stop();
    this.journal.close();
  }
}
