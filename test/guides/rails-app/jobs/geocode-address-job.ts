import { Job } from "mandate";
import { held, note } from "../application.ts";

export class GeocodeAddressJob extends Job {
  static {
    this.queueAs("external");
  }

  async perform(addressId: number) {
    if (held.has("geocoder")) this.requeueJob("5 seconds");
    held.add("geocoder");
    try {
      note(`located ${addressId}`);
    } finally {
      held.delete("geocoder");
    }
  }
}
