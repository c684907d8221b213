import { byValue, Command, globalId, reference } from "mandate";
import { startWorker } from "mandate/worker";

interface Book {
  id: number;
  title: string;
  isbn: string;
}
interface Reader {
  id: number;
  name: string;
}
interface Price {
  id: number;
  cents: number;
}
const books: Book[] = [
  { id: 1, title: "Emma", isbn: "9780141439587" },
  { id: 2, title: "Persuasion", isbn: "9780141439686" },
];
const ada: Reader = { id: 1, name: "Ada" };
const price: Price = { id: 3, cents: 950 };

globalId.register<Book>("Book", {
  find: (id) => books.find((book) => String(book.id) === id),
  findMany: (ids) => books.filter((book) => ids.includes(String(book.id))), // all that a job needs, in one query
  is: (row) => "isbn" in row, // rows are plain objects: which of them are books
});
globalId.register<Reader>("Reader", { find: () => ada }); // without "is"

class Print extends Command.initializeWith(
  (books: Book[], reader: Reader, price: Price, at: Date) => ({ books, reader, price, at }),
) {
  call() {
    const titles = this.books.map(({ title }) => title);
    console.log(`${titles.join(" and ")} for ${this.reader.name} at ${this.at.toISOString()}`);
  }
}

const [emma] = books;
const job = await Print.defer(
  books, // as gid://app/Book/1 and gid://app/Book/2
  reference("Reader", ada), // where nothing else tells the row's model
  byValue(price), // a copy, as the row is now
  new Date(0), // Date, Map, Set, bigint, URL, cycles … travel as they are
);
console.log(JSON.stringify(job.record.args));

emma!.title = "Emma, revised"; // read afresh when the job runs

try {
  await Print.defer(books, ada, byValue(price), (() => {}) as never);
} catch (error) {
  console.log((error as Error).message);
}

const worker = await startWorker();
await worker.drain();

// Output: ["Print",["gid://app/Book/1","gid://app/Book/2"],"gid://app/Reader/1",{"id":3,"cents":950},"1970-01-01T00:00:00.000Z"]
// Output: argument 4 (at) of Print: a function cannot be deferred. Pass the data that the job works on
// Output: Emma, revised and Persuasion for Ada at 1970-01-01T00:00:00.000Z
