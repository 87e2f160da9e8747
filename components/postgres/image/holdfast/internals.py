"""What the agent relies on of Patroni's inside, which no release of Patroni promises to keep.

A build of the image ends with `python3 -m holdfast.internals`: with a Patroni that lacks one of these, or takes other
arguments, there is no image, instead of a database that acknowledges what it may lose. What is patched has no setting,
hook or callback that does it:

- `touch_member`: how often a member tells its position goes with `loop_wait` alone, and so do failovers.
- `call`: hooks are settings, and each is a new process; what is spared here is its start, while callers wait.
- `start`: callbacks come after a start. A program of our own as `bin_name.postgres` would come before, and before each
  look at the server's settings as well, with an interpreter's start each time.
- `write_postgresql_conf`: there is a hook before a promotion and one before a stop, none about following.
- The rest: under `synchronous_mode` Patroni overwrites `synchronous_standby_names` from the configuration, and who may
  be dismissed is not configurable (`maximum_lag_on_syncnode` is about who streams, not about who went away).
"""

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

# Functions that are replaced or called, with their parameters.
FUNCTIONS = {
    "patroni.__main__:main": "",
    "patroni.dcs:Cluster.get_member": "self member_name fallback_to_leader",
    # Behind a decorator, which hides its parameters; it takes those of the next one.
    "patroni.dcs.kubernetes:Kubernetes.touch_member": "self args kwargs",
    "patroni.dcs:AbstractDCS.touch_member": "self data",
    "patroni.postgresql:Postgresql.pg_stat_replication": "self",
    "patroni.postgresql:Postgresql.query": "self sql params retry",
    "patroni.postgresql:Postgresql.start": "self timeout task block_callbacks role after_start",
    "patroni.postgresql.cancellable:CancellableSubprocess.call": "self args kwargs",
    "patroni.postgresql.config:ConfigHandler.get_server_parameters": "self config",
    "patroni.postgresql.config:ConfigHandler.set_synchronous_standby_names": "self value",
    "patroni.postgresql.config:ConfigHandler.write_postgresql_conf": "self configuration",
    "patroni.postgresql.sync:SyncHandler.current_state": "self cluster",
    "patroni.postgresql.sync:parse_sync_standby_names": "value",
}

# Properties and fields that are read.
VALUES = [
    "patroni.dcs:AbstractDCS.cluster",
    "patroni.dcs:Cluster.sync",
    "patroni.dcs:Member.data",
    "patroni.dcs:SyncState.voters",
    "patroni.global_config:is_synchronous_mode_strict",
    "patroni.postgresql.cancellable:CancellableSubprocess.is_cancelled",
    "patroni.postgresql.sync:_SSN.has_star",
    "patroni.postgresql.sync:_SSN.members",
    "patroni.postgresql.sync:_SyncState.active",
    "patroni.postgresql.sync:_SyncState.numsync",
    "patroni.postgresql.sync:_SyncState.sync",
]

# Names that these functions use: an attribute that is read of their objects, or a function that is replaced for them.
USES = {
    "patroni.dcs:AbstractDCS.__init__": "_name",
    "patroni.postgresql.sync:SyncHandler.__init__": "_postgresql",
    "patroni.postgresql.sync:SyncHandler._handle_synchronous_standby_names_change": "parse_sync_standby_names",
}

Load = Callable[[str], Any]


def find(path: str, load: Load) -> Any:
    """What `module:name.name` stands for, as it was written: a property, and not its value. AttributeError or
    ImportError where there is none."""
    module, names = path.split(":")
    found = load(module)
    for name in names.split("."):
        found = inspect.getattr_static(found, name)
    return found


def differs(path: str, load: Load) -> str | None:
    """How a part of Patroni differs from what the agent relies on; None where it doesn't."""
    try:
        found = find(path, load)
    except (AttributeError, ImportError):
        return f"there is no {path}"
    if path in FUNCTIONS:
        parameters = " ".join(inspect.signature(found).parameters)
        if parameters != FUNCTIONS[path]:
            return f"{path} takes ({parameters}) and not ({FUNCTIONS[path]})"
    if path in USES and USES[path] not in found.__code__.co_names:
        return f"{path} does not use {USES[path]}"
    return None


def differences(load: Load = importlib.import_module) -> list[str]:
    """Everything in which this Patroni differs."""
    return [said for path in dict.fromkeys([*FUNCTIONS, *VALUES, *USES]) if (said := differs(path, load))]


def main() -> None:
    """Ends with an error where the installed Patroni will not do."""
    said = "; ".join(differences())
    if said:
        version = importlib.import_module("patroni.version").__version__
        sys.exit(
            f"Patroni {version} is not one that holdfast/internals.py knows: {said}. Adapt what is patched there, "
            "or name an older version in the Dockerfile."
        )


if __name__ == "__main__":
    main()
