import { Job } from "mandate";
import { note, orders } from "../application.ts";

export class ArchiveOrdersJob extends Job {
  perform(year: number) {
    const found = orders.filter((order) => order.year === year);
    note(`archived ${found.map(({ id }) => id).join(", ")}`);
  }
}
