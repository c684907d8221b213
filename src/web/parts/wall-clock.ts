import { TimeZone } from "../../recurring/schedule/time-zone.ts";

/**
 * What clocks of a time zone show at a moment: "2031-03-30 08:00 Europe/Amsterdam (+02:00)". The
 * offset tells the two passes apart where they are set back.
 */
export function wallClock(moment: Date, zone: string): string {
  const seconds = Math.floor(moment.getTime() / 1000);
  const offset = TimeZone.named(zone)?.periodAt(seconds).offset ?? 0;
  const [date, time = ""] = new Date((seconds + offset) * 1000).toISOString().split("T");
  const shown = `${date} ${time.slice(0, 8).replace(/:00$/, "")} ${zone}`;
  const isOffset = zone === "UTC" || /^[+-]/.test(zone);
  return isOffset ? shown : `${shown} (${offset < 0 ? "-" : "+"}${hours(Math.abs(offset))})`;
}

function hours(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}
