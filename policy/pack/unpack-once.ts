import { dirname } from "node:path";

/** Protobuf's own message for a JSON object, as far as it is used here. */
interface StructMessage {
  toJavaScript(): unknown;
}

/**
 * Makes CrossGuard unpack each resource once instead of once for every policy: with some eighty policies and a hundred
 * and fifty resources the unpacking alone took longer than all rules together. A message that was received does not
 * change, and CrossGuard copies what it unpacks, so the same answer serves every policy. Without this module's copy of
 * protobuf (a future SDK) nothing changes but the time.
 */
export function unpackOnce(): void {
  let prototype: StructMessage;
  try {
    const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
    prototype = (
      require(require.resolve("google-protobuf/google/protobuf/struct_pb.js", { paths: [sdk] })) as {
        Struct: { prototype: StructMessage };
      }
    ).Struct.prototype;
  } catch {
    return;
  }
  const unpack = prototype.toJavaScript;
  const unpacked = new WeakMap<StructMessage, unknown>();
  prototype.toJavaScript = function toJavaScript(this: StructMessage): unknown {
    if (!unpacked.has(this)) unpacked.set(this, unpack.call(this));
    return unpacked.get(this);
  };
}
