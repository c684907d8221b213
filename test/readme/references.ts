import { Command, globalId, reference } from "mandate";
import { startWorker } from "mandate/worker";

interface Book {
  id: number;
  title: string;
}
const books: Book[] = [
  { id: 1, title: "Emma" },
  { id: 2, title: "Persuasion" },
];

globalId.register<Book>("Book", {
  find: (id) => books.find((book) => String(book.id) === id),
  findMany: (ids) => books.filter((book) => ids.includes(String(book.id))), // one query for each job
});

class Print extends Command.initializeWith((books: Book[], at: Date) => ({ books, at })) {
  call() {
    const titles = this.books.map(({ title }) => title);
    console.log(`${titles.join(" and ")} at ${this.at.toISOString()}`);
  }
}

const [emma, persuasion] = books;
const job = await Print.defer(
  [reference("Book", emma!), reference("Book", persuasion!)], // rows are plain objects: say what they are
  new Date(0), // Date, Map, Set, bigint, URL, cycles … travel as they are
);
console.log(JSON.stringify(job.record.args));

emma!.title = "Emma, revised"; // read afresh when the job runs

try {
  await Print.defer([reference("Book", emma!)], (() => {}) as never);
} catch (error) {
  console.log((error as Error).message);
}

const worker = await startWorker();
await worker.drain();

// Output: ["Print",["gid://app/Book/1","gid://app/Book/2"],"1970-01-01T00:00:00.000Z"]
// Output: argument 2 (at) of Print: a function cannot be deferred. Pass the data that the job works on
// Output: Emma, revised and Persuasion at 1970-01-01T00:00:00.000Z
