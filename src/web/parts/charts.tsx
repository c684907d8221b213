import type { Html } from "./html.ts";

interface Series {
  readonly name: string;
  readonly look: string;
  readonly values: readonly number[];
}

interface ColumnsProps {
  title: string;
  labels: readonly string[];
  /** Stacked, the first at the bottom. */
  series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 140;
const GAP = 2;

/** Stacked columns, with the same numbers as a table below for those who want these. */
export function Columns({ title, labels, series }: ColumnsProps): Html {
  const sums = labels.map((_, at) =>
    series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  );
  const most = Math.max(1, ...sums);
  const step = WIDTH / Math.max(1, labels.length);
  const width = Math.max(1, step - GAP);
  return (
    <figure class="chart">
      <figcaption>
        {title}
        {series.map(({ name, look }) => (
          <span class="legend">
            <i class={`dot ${look}`} />
            {name}
          </span>
        ))}
        <span class="muted">{most.toLocaleString("en-GB")}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={title}
      >
        {labels.map((label, at) => {
          let y = HEIGHT;
          return (
            <g>
              <title>
                {`${label}: ${series.map(({ name, values }) => `${name} ${values[at] ?? 0}`).join(", ")}`}
              </title>
              <rect class="hover" x={at * step} y="0" width={step} height={HEIGHT} />
              {series.map(({ values, look }) => {
                const height = ((values[at] ?? 0) / most) * HEIGHT;
                y -= height;
                return height === 0 ? undefined : (
                  <rect class={look} x={at * step} y={y} width={width} height={height} rx="1" />
                );
              })}
            </g>
          );
        })}
      </svg>
      <div class="axis" aria-hidden="true">
        <span>{labels[0]}</span>
        <span>{labels.at(-1)}</span>
      </div>
    </figure>
  );
}

/** How much of something is used, as a bar. */
export function Meter({ used, of, label }: { used: number; of: number; label: string }): Html {
  return (
    <meter
      min={0}
      max={Math.max(1, of)}
      value={Math.min(used, of)}
      high={Math.max(1, of) * 0.85}
      optimum={0}
      aria-label={label}
      title={label}
    />
  );
}
