/** What the dashboard says, in English. `{name}` stands for a value. */
type Text = string;

/** Says a text as whoever mounts the dashboard wants it said. */
export type Translate = (text: Text, values?: Readonly<Record<string, string | number>>) => string;

/** Says texts by a catalogue: English → what is said instead. */
export function translator(messages: Readonly<Record<Text, string>> = {}): Translate {
  return (text, values = {}) => {
    const said = Object.hasOwn(messages, text) ? (messages[text] ?? text) : text;
    return said.replaceAll(/\{(\w+)\}/g, (written, name: string) =>
      String(values[name] ?? written),
    );
  };
}
