/** What the Pulumi engine and the container engine print, and what it means for the user. */
const MEANINGS: [RegExp, string][] = [
  [
    /passphrase/i,
    "The state is encrypted with another passphrase than the one at hand: set PULUMI_CONFIG_PASSPHRASE (or " +
      "PULUMI_CONFIG_PASSPHRASE_FILE) to the one the stack was made with. " +
      "Where Holdfast keeps the state, that is the file `passphrase` beside it; if it is lost, `npm run down -- " +
      "--all` and `npm run up` begin anew.",
  ],
  [
    /stack is currently locked/i,
    'Another engine holds the stack: wait for it to end; if it was killed, `eval "$(npm run -s env)"; pulumi ' +
      "cancel --yes`, then run this again.",
  ],
  [
    /no space left on device/i,
    "The disk is full: free some of it (`docker system df` shows what images take), then run this again.",
  ],
  [
    /provided port is already allocated/i,
    "Another Service has that port of the nodes: set `loadBalancerNodePort` to one that is free.",
  ],
  [
    /port is already allocated|address already in use/i,
    "A port that has to be published is taken: end what listens there, or set `url` to another port.",
  ],
  [/configuration is refused/i, "The configuration is refused, for what stands above; nothing was changed."],
  [
    /localhost:5001.*connection refused|dial tcp .*:5001: connect/i,
    "The registry that images are pushed to does not answer: `npm run up` starts the local one; elsewhere set " +
      "webAppImage and postgresImage.",
  ],
  [
    /updates to statefulset spec for fields other than/i,
    "Kubernetes lets no StatefulSet change its volumes: components/postgres/runbook.md, Volume filling, has the steps " +
      "for a larger one, which keep the data.",
  ],
  [
    /field conflict detected/i,
    "A field that the program states is somebody else's. `holdfast.dev/owner` above: the object is another " +
      "stack's and was left alone; take another namespace or name. " +
      "Any other field was changed by hand: change it back (`kubectl edit`), or let it be part of the program.",
  ],
  [
    /has timed out progressing/,
    "Pods of a new version do not get ready; where it can be seen, what each waits for stands above. The version " +
      "before goes on serving. Mend it, or put the old value back, and run this again.",
  ],
  [
    /no plugin .* found|could not find plugin|failed to install plugin/i,
    "A plugin of the engine cannot be had: `npm run up` builds what cannot be downloaded.",
  ],
];

/** The explanation of what a program printed before it failed; undefined where none is known. */
export const explained = (printed: string): string | undefined => MEANINGS.find(([form]) => form.test(printed))?.[1];
