/** A generated part of a Markdown page. People write the rest of the page. */
export interface Section {
  /** Path of the page in the repository. */
  page: string;
  /** Name in the page's two marker comments. */
  name: string;
  /** What stands between them. */
  content: string;
}

const marker = (name: string, edge: "begin" | "end"): string => `<!-- ${name}:${edge} -->`;

/**
 * Puts a section's content between its markers.
 *
 * @throws Error where the page has no such markers
 */
export function filled(page: string, section: Section): string {
  const [begin, end] = [marker(section.name, "begin"), marker(section.name, "end")];
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${section.page} has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n${section.content.trim()}\n${page.slice(to)}`;
}

/** A Markdown table; cells may hold anything but line breaks, which become spaces. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
