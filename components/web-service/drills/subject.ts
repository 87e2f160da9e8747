/** The workload's name in this repository's stack. */
export const WEB = "web-app";
