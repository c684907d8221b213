import { Job } from "mandate";
import { note, products } from "../application.ts";

export class ReindexProductsJob extends Job {
  async perform(afterId = 0) {
    const page = products.filter(({ id }) => id > afterId).slice(0, 2);
    note(`indexed ${page.map(({ id }) => id).join(", ")}`);
    const last = page.at(-1);
    if (page.length === 2 && last) await ReindexProductsJob.performAsync(last.id);
  }
}
