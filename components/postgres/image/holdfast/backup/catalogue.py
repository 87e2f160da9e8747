"""What can be restored, and what a wished moment would be restored from.

python3 -m holdfast.backup.catalogue                                    prints everything as one JSON object
python3 -m holdfast.backup.catalogue choose [--timeline N] [--to TIME]  {"ok": true, "backup", "timeline", "target"} or
                                                                        {"ok": false, "reason"}
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict

from . import repository
from .choose import Refusal, choose, moment
from .saved import Catalogue
from .survey import survey


def catalogue() -> Catalogue:
    """Everything that the repository holds; the live database is the one that was archived last. Raises Unreadable."""
    info, listed = repository.stanza(), repository.names()
    found, ids = Catalogue(), repository.archives(listed)
    for archive in ids:
        files = repository.read(info, listed, archive)
        found += survey(files, repository.reader(listed, archive), live=archive == ids[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="catalogue")
    choice = parser.add_subparsers(dest="what").add_parser("choose")
    choice.add_argument("--timeline", type=int)
    choice.add_argument("--to")
    wish = parser.parse_args()
    try:
        found = catalogue()
    except (repository.Unreadable, subprocess.TimeoutExpired) as error:
        print(f"The backup repository does not answer: {error}", file=sys.stderr)
        return 1
    if wish.what is None:
        print(json.dumps(found.json()))
        return 0
    try:
        wished = None if wish.to is None else moment(wish.to)
        answer = choose(found, wished, wish.timeline)
    except ValueError:
        answer = Refusal(f'"{wish.to}" is no moment: say Unix seconds, or a time with its zone.')
    print(json.dumps({"ok": not isinstance(answer, Refusal), **asdict(answer)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
