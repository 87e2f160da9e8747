"""Runs a program of an unpacked image on this machine: enter.py ROOT PATH ROOT_BECOMES PROGRAM [ARGUMENT...]

Only its files are the image's. Network, processes, devices, the temporary folder and the caller's folder are this
machine's, and the program takes this process's place: it listens where a test looks for it, and a test's signals reach
it. Root mounts those folders itself; anybody else does so in a user namespace, as nobody.
"""

import ctypes
import os
import sys

# <linux/sched.h> and <sys/mount.h>; Python has names for these from 3.12 on, and none for mount().
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18

# PostgreSQL wants its user in the image's /etc/passwd, and this one is in everybody's.
NOBODY = 65534

# What a program needs of the machine besides the folders it works in.
MACHINE = ["/dev", "/proc", "/sys", "/etc/hosts", "/etc/resolv.conf"]

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: object) -> None:
    """A system call. Raises OSError where the kernel refuses it."""
    if getattr(libc, name)(*args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def mount(source: str, target: str, flags: int) -> None:
    """mount(2) without a file system of its own."""
    call("mount", source.encode(), target.encode(), None, ctypes.c_ulong(flags), None)


def own_namespaces(user: int, group: int) -> None:
    """From here on this process's mounts are nobody else's."""
    call("unshare", CLONE_NEWNS if user == 0 else CLONE_NEWNS | CLONE_NEWUSER)
    if user == 0:
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {user} 1"), ("gid_map", f"{NOBODY} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def show(path: str, root: str) -> None:
    """Puts a file or folder of this machine at the same place below `root`."""
    target = root + path
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        open(target, "a", encoding="ascii").close()
    mount(path, target, MS_BIND | MS_REC)


def enter(root: str, here: str) -> None:
    """Makes `root` this process's root. `here`: the folder it works in, which it keeps."""
    own_namespaces(os.geteuid(), os.getegid())
    mount("none", "/", MS_REC | MS_PRIVATE)
    for path in dict.fromkeys([*MACHINE, "/tmp", os.environ.get("TMPDIR", "/tmp"), here]):
        if os.path.exists(path):
            show(os.path.realpath(path), root)
    os.chroot(root)
    os.chdir(here)


def main(root: str, path: str, root_becomes: str, program: str, *args: str) -> None:
    """Does not return: the program takes over."""
    enter(root, os.getcwd())
    if os.geteuid() == 0 and root_becomes != "root":
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    # Not execvpe, which imports a module that is out of reach by now.
    files = (f"{folder}/{program}" for folder in path.split(":"))
    found = next((file for file in files if os.access(file, os.X_OK)), program)
    # Locales are the image's, and this one every image has.
    os.execve(found, [program, *args], {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"{sys.argv[4]} of {sys.argv[1]} does not start: {error}")
