/**
 * Something that is built once and kept in the cache: a program, a base image, a plugin. A step sees only its own
 * folder and the folders of the steps it needs.
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
  /** Seconds without a cache on two cores, for the estimate that the user sees. */
  seconds: number;
  /** Steps of one lane run one after the other: two compilers on two cores only slow each other down. */
  lane: "cpu" | "network";
  /** Makes the output in `folders.out`. The folder is empty at first, and other steps see it only at the end. */
  build: (folders: StepFolders, say: (line: string) => void) => Promise<void>;
  /**
   * Whether an output outside the folder (a Docker image) still exists.
   * @default the folder's existence decides
   */
  present?: (folders: StepFolders) => Promise<boolean>;
}

/** The output folders of a step and of the steps it needs. */
export interface StepFolders {
  out: string;
  /** Output folder of a needed step, by name; asking for one that is not in `needs` throws. */
  of: (name: string) => string;
}
