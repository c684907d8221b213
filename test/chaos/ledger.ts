import { existsSync, readFileSync } from "node:fs";

/** What became of one job, over all processes. */
export interface Story {
  begun: number;
  failed: number;
  requeued: number;
  /** How often its effect is there. */
  effects: number;
  /** When each run began: microseconds. */
  readonly begins: number[];
  firstBegun: number;
  firstEffect: number;
}

/** Puts together what all workers noted. A line that a kill cut off is none. */
export function readLedgers(files: readonly string[]): Map<number, Story> {
  const stories = new Map<number, Story>();
  for (const file of files.filter((path) => existsSync(path))) {
    for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
      const [what = "", number, microseconds] = line.split(" ");
      add(storyOf(stories, Number(number)), what, Number(microseconds));
    }
  }
  return stories;
}

function storyOf(stories: Map<number, Story>, number: number): Story {
  const known = stories.get(number);
  if (known !== undefined) {
    return known;
  }
  const times = { firstBegun: Infinity, firstEffect: Infinity };
  const story: Story = { begun: 0, failed: 0, requeued: 0, effects: 0, begins: [], ...times };
  stories.set(number, story);
  return story;
}

function add(story: Story, what: string, at: number): void {
  if (what === "b") {
    story.begun += 1;
    story.begins.push(at);
    story.firstBegun = Math.min(story.firstBegun, at);
  } else if (what === "f") {
    story.failed += 1;
  } else if (what === "q") {
    story.requeued += 1;
  } else {
    story.effects += 1;
    story.firstEffect = Math.min(story.firstEffect, at);
  }
}
