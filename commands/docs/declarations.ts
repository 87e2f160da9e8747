import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A property of an interface or class, with what its comment says. */
export interface Property {
  name: string;
  optional: boolean;
  type: string;
  /** Text of the `@default` tag. */
  byDefault: string | undefined;
  description: string;
}

/**
 * Every interface, type alias and class that some folders declare, by name. Reads syntax only, because type checking
 * would take seconds.
 */
export class Declarations {
  private readonly interfaces = new Map<string, ts.InterfaceDeclaration>();
  private readonly aliases = new Map<string, ts.TypeAliasDeclaration>();
  private readonly classes = new Map<string, ts.ClassDeclaration>();

  /** @param folders absolute paths; the first that declares a name wins */
  constructor(folders: string[]) {
    for (const folder of folders) {
      for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
        (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
      )) {
        const source = ts.createSourceFile(
          file,
          readFileSync(join(folder, file), "utf8"),
          ts.ScriptTarget.ES2022,
          true,
        );
        source.forEachChild((node) => this.add(node));
      }
    }
  }

  private add(node: ts.Node): void {
    const put = <T extends ts.Node>(map: Map<string, T>, name: string, declaration: T): void =>
      void (map.has(name) || map.set(name, declaration));
    if (ts.isInterfaceDeclaration(node)) put(this.interfaces, node.name.text, node);
    else if (ts.isTypeAliasDeclaration(node)) put(this.aliases, node.name.text, node);
    else if (ts.isClassDeclaration(node) && node.name) put(this.classes, node.name.text, node);
  }

  /**
   * Properties of an interface; those of the interfaces it extends come first. What it takes of another one by `Omit`
   * is on that one's own page.
   *
   * @throws Error where no interface has this name
   */
  properties(name: string): Property[] {
    const declaration = this.interfaces.get(name);
    if (!declaration) throw new Error(`no interface ${name}`);
    const bases = (declaration.heritageClauses ?? [])
      .flatMap(({ types }) => types.map(({ expression }) => expression.getText()))
      .filter((base) => base !== "Omit");
    return [
      ...bases.flatMap((base) => this.properties(base)),
      ...declaration.members.filter(ts.isPropertySignature).map((member) => this.property(member)),
    ];
  }

  /** Public properties of a class. @throws Error where no class has this name */
  outputs(name: string): Property[] {
    const declaration = this.classes.get(name);
    if (!declaration) throw new Error(`no class ${name}`);
    return declaration.members
      .filter(ts.isPropertyDeclaration)
      .filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private))
      .map((member) => this.property(member));
  }

  /** Comment of a class or interface. */
  description(name: string): string {
    const declaration = this.classes.get(name) ?? this.interfaces.get(name);
    return declaration ? commentOf(declaration) : "";
  }

  /** Names of the interfaces that the types of some properties mention, each once. */
  mentioned(properties: Property[]): string[] {
    return [...this.interfaces.keys()].filter((name) =>
      properties.some(({ type }) => new RegExp(`\\b${name}\\b`).test(type)),
    );
  }

  private property(member: ts.PropertySignature | ts.PropertyDeclaration): Property {
    const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === "default");
    return {
      name: member.name.getText(),
      optional: member.questionToken !== undefined,
      type: this.typeText(member),
      byDefault: tag && ts.getTextOfJSDocComment(tag.comment),
      description: commentOf(member),
    };
  }

  /** The type as it is written. An alias for a union is written out. */
  private typeText(member: ts.PropertySignature | ts.PropertyDeclaration): string {
    if (!member.type) return ts.isPropertyDeclaration(member) ? (member.initializer?.getText() ?? "") : "";
    const written = member.type.getText().replace(/\s+/g, " ");
    const alias = this.aliases.get(written);
    return alias && ts.isUnionTypeNode(alias.type)
      ? alias.type.types.map((type) => type.getText()).join(" | ")
      : written;
  }
}

function commentOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}
