import type { AnyNode, Expression, Pattern, Statement, Super } from "acorn";
import type { ParsedFunction } from "./signature.ts";

/** Names, and properties of `this`, that are read as objects or called. */
export interface Dereferenced {
  readonly names: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
}

/**
 * What a function is certain to read a property of, or to call, once it runs: so `undefined` there
 * makes it throw.
 *
 * It follows the source from the top for as long as everything in it happens: what stands behind a
 * condition, an early end, a loop, a `try` or an assignment may not.
 */
export function dereferencedIn({ body }: ParsedFunction): Dereferenced {
  const certain = new Certain();
  if (body.type === "BlockStatement") {
    body.body.every((statement) => certain.follow(statement));
  } else {
    certain.visit(body);
  }
  return certain;
}

class Certain implements Dereferenced {
  readonly names = new Set<string>();
  readonly members = new Set<string>();
  #isOver = false;

  /** @returns Whether what follows happens as well. */
  follow(statement: Statement): boolean {
    switch (statement.type) {
      case "ExpressionStatement":
        this.visit(statement.expression);
        return !this.#isOver;
      case "VariableDeclaration":
        for (const { id, init } of statement.declarations) {
          if (init) this.#declare(id, init);
        }
        return !this.#isOver && statement.kind !== "var";
      case "ReturnStatement":
      case "ThrowStatement":
        this.visit(statement.argument);
        return false;
      case "IfStatement":
        this.visit(statement.test);
        return false;
      case "ForOfStatement":
        this.visit(statement.right);
        this.#dereference(statement.right);
        return false;
      default:
        return ["FunctionDeclaration", "ClassDeclaration", "EmptyStatement"].includes(
          statement.type,
        );
    }
  }

  /** Notes what happens in an expression, whichever way it goes. */
  visit(node: AnyNode | null | undefined): void {
    if (!node || this.#isOver) return;
    switch (node.type) {
      case "MemberExpression":
        this.visit(node.object);
        this.#dereference(node.object);
        if (node.computed) this.visit(node.property);
        return;
      case "CallExpression":
      case "NewExpression":
        this.visit(node.callee);
        this.#dereference(node.callee);
        node.arguments.forEach((each) => this.#item(each));
        return;
      case "ArrayExpression":
        node.elements.forEach((each) => this.#item(each));
        return;
      case "ObjectExpression":
        for (const property of node.properties) {
          this.visit(property.type === "Property" ? property.value : property.argument);
        }
        return;
      case "TemplateLiteral":
      case "SequenceExpression":
        node.expressions.forEach((each) => this.visit(each));
        return;
      case "BinaryExpression":
        this.visit(node.left);
        this.visit(node.right);
        return;
      case "LogicalExpression":
        this.visit(node.left);
        return;
      case "ConditionalExpression":
        this.visit(node.test);
        return;
      case "UnaryExpression":
      case "AwaitExpression":
        this.visit(node.argument);
        return;
      case "AssignmentExpression":
      case "UpdateExpression":
      case "YieldExpression":
        // What holds from here on is not known.
        this.#isOver = true;
        return;
      default:
    }
  }

  #item(node: AnyNode | null): void {
    if (node?.type !== "SpreadElement") return this.visit(node);
    this.visit(node.argument);
    this.#dereference(node.argument);
  }

  #declare(id: Pattern, init: Expression): void {
    this.visit(init);
    if (id.type === "ObjectPattern" || id.type === "ArrayPattern") this.#dereference(init);
  }

  #dereference(node: Expression | Super): void {
    if (this.#isOver) return;
    if (node.type === "Identifier") {
      this.names.add(node.name);
    } else if (
      node.type === "MemberExpression" &&
      node.object.type === "ThisExpression" &&
      !node.computed &&
      node.property.type === "Identifier"
    ) {
      this.members.add(node.property.name);
    }
  }
}
