import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Numbers that look random and are the same for the same seed. */
export interface Dice {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
}

/** @param seed any whole number; the same seed gives the same numbers */
export function dice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  return { between: (least, most) => uniformInt(generator, least, most) };
}
