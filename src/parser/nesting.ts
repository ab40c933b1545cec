/** How deep brackets and operators may nest, together: enough for every configuration, and half of what the stack takes. */
export const deepestNesting = 100;

interface Level {
  /** Operators since the last separator. */
  operators: number;
  /** The tallest bracket since the last separator. */
  tallest: number;
  /** The tallest entry so far. */
  height: number;
}

/**
 * Measures how deep the parser will go and how tall the tree will be, from the tokens alone: a chain of operators makes
 * a tree as tall as it is long.
 */
export class NestingMeter {
  private readonly levels: Level[] = [{ operators: 0, tallest: 0, height: 0 }];
  /** Open brackets and the operators before them. */
  private opened = 0;

  /** A bracket opens. */
  open(): void {
    this.levels.push({ operators: 0, tallest: 0, height: 0 });
    this.opened++;
  }

  /** A bracket closes. */
  close(): void {
    const level = this.levels.pop();
    if (level === undefined) return;
    this.opened -= level.operators + 1;
    const height = Math.max(level.height, level.operators + level.tallest) + 1;
    const outer = this.top();
    outer.tallest = Math.max(outer.tallest, height);
  }

  /** An operator that has an expression on its side. */
  operator(): void {
    this.top().operators++;
    this.opened++;
  }

  /** An entry or element ends. */
  separator(): void {
    const level = this.top();
    this.opened -= level.operators;
    level.height = Math.max(level.height, level.operators + level.tallest);
    level.operators = 0;
    level.tallest = 0;
  }

  /** Whether the limit has been passed. */
  tooDeep(): boolean {
    const { operators, tallest } = this.top();
    return this.opened > deepestNesting || this.levels.length - 1 + operators + tallest > deepestNesting;
  }

  private top(): Level {
    const top = this.levels.at(-1);
    if (top !== undefined) return top;
    const base = { operators: 0, tallest: 0, height: 0 };
    this.levels.push(base);
    return base;
  }
}
