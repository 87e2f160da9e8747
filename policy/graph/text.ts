/** A text as a part of a regular expression that matches just it: what the API takes as a name may be anything. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
