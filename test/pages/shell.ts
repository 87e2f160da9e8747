/** One simple command: its words, quotes taken away. */
export type Words = string[];

/** What ends a command, and the others that may follow it. */
const SEPARATORS = /^(&&|\|\||[;|\n])/;

/**
 * The commands in a piece of shell with comments, quotes, line continuations, pipes, `&&` and `$( )`. The content of
 * `$( )` is a command too. Assignments, also those of `export`, are left out.
 */
export function commandsOf(text: string): Words[] {
  const commands: Words[] = [];
  let words: Words = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    commands.push(words);
    words = [];
  };
  for (let rest = text; rest !== ""; ) {
    const quoted = /^'([^']*)'/.exec(rest) ?? /^"([^"]*)"/.exec(rest);
    const inner = /^"?\$\(([^)]*)\)"?/.exec(rest);
    const skipped = /^(\\\n|[^\S\n]+)/.exec(rest) ?? (word === undefined ? /^#[^\n]*/.exec(rest) : null);
    const separator = SEPARATORS.exec(rest);
    const [all, content] = inner ?? quoted ?? skipped ?? separator ?? [rest[0]!, rest[0]!];
    if (inner) commands.push(...commandsOf(content!));
    if (inner || quoted) word = (word ?? "") + (inner ? "" : content!);
    else if (skipped) endWord();
    else if (separator) endCommand();
    else word = (word ?? "") + all;
    rest = rest.slice(all.length);
  }
  endCommand();
  return commands
    .map((each) => (each[0] === "export" ? [] : each.slice(each.findIndex((one) => !/^\w+=/.test(one)))))
    .filter(({ length }) => length > 0);
}
