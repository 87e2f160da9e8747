/** A command line that a page names in its text. */
export interface Named {
  page: string;
  line: number;
  text: string;
  /** Whether it is a command's name only, without what it needs. */
  name: boolean;
}

const SPAN = /`([^`]+)`/g;
const COMMAND = /^(npm run \S+ --|npm test --|npx tsx|pulumi config set|kubectl|k) ./;
/** A script alone is a name, not a line: it has to exist. */
const SCRIPT = /^npm run (-s )?[\w:]+$/;

/**
 * The commands that a page's text names in full: `npm run restore -- --undo`. In a row of a table that begins with a
 * command, a span that begins with the two dashes goes on from that command.
 */
export function namedIn(page: string, text: string): Named[] {
  let fenced = false;
  return text.split("\n").flatMap((content, n) => {
    if (/^ *```/.test(content)) fenced = !fenced;
    if (fenced) return [];
    const spans = [...content.matchAll(SPAN)].map(([, span]) => span!);
    const head = /^\| `(npm [^`]+)`/.exec(content)?.[1];
    return spans.flatMap((span) => {
      const whole = head && span.startsWith("-- ") ? `${head} ${span}` : span;
      return COMMAND.test(whole) || SCRIPT.test(whole)
        ? [{ page, line: n + 1, text: whole, name: SCRIPT.test(whole) }]
        : [];
    });
  });
}
