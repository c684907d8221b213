import type { Html, Inner } from "./html.ts";

/** A column: what its head says, and whether it has numbers. */
export interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
  /** For eyes, it says nothing: its head is for readers of screens. */
  readonly isHidden?: boolean;
}

interface TableProps {
  /** What it is about, for those who do not see it. */
  caption: string;
  columns: readonly Column[];
  children?: Inner;
}

/** A table that scrolls by itself where the screen is narrow. */
export function Table({ caption, columns, children }: TableProps): Html {
  return (
    <div class="table" role="region" aria-label={caption} tabindex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, isNumber, isHidden }) => (
              <th scope="col" class={isNumber ? "number" : undefined}>
                {isHidden ? <span class="unseen">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** What is said where there is nothing to list. */
export function Nothing({ children }: { children?: Inner }): Html {
  return <p class="nothing">{children}</p>;
}
