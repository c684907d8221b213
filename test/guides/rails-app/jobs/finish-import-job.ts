import { Job } from "mandate";
import { note } from "../application.ts";

export class FinishImportJob extends Job {
  perform(file: string) {
    note(`${file} is imported`);
  }
}
