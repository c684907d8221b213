/**
 * Jids, or of very many a part: sixteen bytes for each, where a `Set` of strings takes a hundred.
 *
 * It keeps 53 bits of a hash of each. Among a million jids it takes one that is not there for one
 * that is about once in ten billion questions.
 */
export class JidSet {
  readonly #parts: number;
  readonly #part: number;
  #hashes = new Float64Array(1024);
  #size = 0;

  /** @param parts It keeps one of so many, by chance. */
  constructor(parts: number, random: () => number = Math.random) {
    this.#parts = Math.max(1, parts);
    this.#part = Math.floor(random() * this.#parts);
  }

  add(jid: string): void {
    const hash = hashOf(jid);
    if (this.#covers(hash) && this.#insert(hash)) {
      this.#size += 1;
      if (this.#size > this.#hashes.length / 2) {
        this.#grow();
      }
    }
  }

  /** Whether it surely was not added: of the other parts nothing is known. */
  isKnownToLack(jid: string): boolean {
    const hash = hashOf(jid);
    return this.#covers(hash) && this.#hashes[this.#slot(hash)] !== hash;
  }

  #covers(hash: number): boolean {
    return hash % this.#parts === this.#part;
  }

  #insert(hash: number): boolean {
    const slot = this.#slot(hash);
    if (this.#hashes[slot] === hash) {
      return false;
    }
    this.#hashes[slot] = hash;
    return true;
  }

  /** Where it is, or would be. */
  #slot(hash: number): number {
    const { length } = this.#hashes;
    let slot = Math.floor(hash / this.#parts) % length;
    while (this.#hashes[slot] !== 0 && this.#hashes[slot] !== hash) {
      slot = (slot + 1) % length;
    }
    return slot;
  }

  #grow(): void {
    const hashes = this.#hashes;
    this.#hashes = new Float64Array(hashes.length * 2);
    hashes.forEach((hash) => hash !== 0 && this.#insert(hash));
  }
}

/** 53 bits, never 0: two rounds of FNV-1a from different starts. */
function hashOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0) || 1;
}
