/**
 * One thing that is built once and kept: a program, a base image, a plugin.
 * A step sees only its own folder and those of the steps it needs; nothing of how they were made.
 */
export interface Step {
  /** Unique, lower case, part of the cache folder's name. */
  name: string;
  /** What a person reads while it runs. */
  title: string;
  /** Steps whose outputs this one reads. */
  needs: Step[];
  /** What the output depends on besides `needs`: file contents, versions, flags. Hashed into the cache key. */
  inputs: () => string[];
  /** Seconds from cold on two cores; for the estimate shown, nothing else. */
  seconds: number;
  /** Steps of one lane run one after the other: two compilers on two cores only slow each other down. */
  lane: "cpu" | "network";
  /** Makes the output in `folder.out`, which is empty and becomes visible to others only when this resolves. */
  build: (folders: StepFolders, say: (line: string) => void) => Promise<void>;
  /**
   * For outputs that live elsewhere too (a Docker image, a registry): is it still there?
   * @default the folder's existence decides
   */
  present?: (folders: StepFolders) => Promise<boolean>;
}

/** Where a step writes, and where those it needs have written. */
export interface StepFolders {
  out: string;
  /** Output folder of a needed step, by name; asking for one that is not in `needs` throws. */
  of: (name: string) => string;
}
