"""Says what an image holds, without starting Odoo and without importing more of it than it must.

Standard output gets lines `berth-probe {json}`; everything else is noise. One object per line, because
container engines cut very long lines.
"""

import ast
import csv
import importlib.util
import json
import os
import pwd
import re
import shutil
import subprocess
import sys


def say(kind, **values):
    sys.stdout.write("berth-probe " + json.dumps({"kind": kind, **values}) + "\n")


def output_of(*command):
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def odoo_root():
    # Odoo 19 may be a namespace package, which has places but no __init__.py.
    spec = importlib.util.find_spec("odoo")
    if spec is None:
        return None
    for place in list(spec.submodule_search_locations or []):
        if os.path.isfile(os.path.join(place, "release.py")):
            return os.path.abspath(place)
    return None


def release(root):
    scope = {"__name__": "release"}
    exec(compile(read(os.path.join(root, "release.py")), "release.py", "exec"), scope)
    info = scope["version_info"]
    return {
        "series": scope.get("series") or scope["serie"],
        "version": scope["version"],
        "version_info": [str(part) if not isinstance(part, int) else part for part in info],
    }


def command(root):
    for name in ("odoo", "odoo-bin"):
        found = shutil.which(name)
        if found:
            return [found]
    beside = os.path.join(os.path.dirname(root), "odoo-bin")
    if os.path.isfile(beside):
        return [sys.executable, beside]
    return [sys.executable, "-m", "odoo"]


def configured_addons():
    for path in (os.environ.get("ODOO_RC"), "/etc/odoo/odoo.conf", "/etc/odoo.conf"):
        found = re.search(r"^\s*addons_path\s*=\s*(.+)$", read(path) if path else "", re.MULTILINE)
        if found:
            return [part.strip() for part in found.group(1).split(",") if part.strip()]
    return []


def module_names(folder):
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(
        name for name in names if os.path.isfile(os.path.join(folder, name, "__manifest__.py"))
    )


def manifest(folder, name):
    try:
        values = ast.literal_eval(read(os.path.join(folder, name, "__manifest__.py")))
        assert isinstance(values, dict)
    except Exception:
        return {"installable": False, "title": name}
    depends = [str(part) for part in values.get("depends") or []]
    # `True` means: as soon as everything it depends on is there; a list names the triggers.
    auto = values.get("auto_install", False)
    auto = depends if auto is True else [str(part) for part in auto] if auto else []
    return {
        "title": str(values.get("name", name))[:120],
        "version": str(values.get("version", "1.0")),
        "depends": depends,
        "installable": bool(values.get("installable", True)),
        "auto_install": auto,
        "application": bool(values.get("application", False)),
    }


def languages(folders):
    for folder in folders:
        for name in ("res.lang.csv", "res_lang.csv"):
            path = os.path.join(folder, "base", "data", name)
            if os.path.isfile(path):
                rows = csv.DictReader(read(path).splitlines())
                return {row["code"]: row["name"] for row in rows if row.get("code")}
    return {}


def user():
    try:
        entry = pwd.getpwnam("odoo")
        return entry.pw_uid, entry.pw_gid
    except KeyError:
        return os.getuid(), os.getgid()


def wkhtmltopdf():
    text = output_of("wkhtmltopdf", "--version")
    found = re.search(r"wkhtmltopdf\s+(\S+)", text)
    return {"version": found.group(1), "patched": "patched qt" in text} if found else None


def main():
    root = odoo_root()
    if root is None:
        say("none", why="python3 (%s) cannot import `odoo`" % sys.version.split()[0])
        return
    own = os.path.join(root, "addons")
    extra = [path for path in ("/mnt/extra-addons", "/opt/odoo/auto/addons") if os.path.isdir(path)]
    folders = []
    for path in configured_addons() + extra + [os.path.join(os.path.dirname(root), "addons"), own]:
        path = os.path.abspath(path)
        if os.path.isdir(path) and path not in folders:
            folders.append(path)
    if not any(os.path.isdir(os.path.join(folder, "base")) for folder in folders):
        say("none", why="Odoo is there (%s), its module `base` is not" % root)
        return
    run = command(root)
    help_text = output_of(*run, "server", "--help") + read(os.path.join(root, "tools", "config.py"))
    flags = ("--with-demo", "--without-demo", "--gevent-port", "--longpolling-port",
             "--db_maxconn_gevent", "--load-language", "--http-interface", "--proxy-mode")
    uid, gid = user()
    pg_dump = re.search(r"(\d+(?:\.\d+)*)", output_of("pg_dump", "--version"))
    say(
        "image", command=run, root=root, python=sys.version.split()[0], uid=uid, gid=gid,
        addons_path=[path for path in folders if module_names(path)],
        extra_addons=extra[0] if extra else None,
        flags=[flag for flag in flags if re.search(re.escape(flag) + r"(?![\w-])", help_text)],
        neutralize=os.path.isfile(os.path.join(root, "cli", "neutralize.py")),
        wkhtmltopdf=wkhtmltopdf(), pg_dump=pg_dump.group(1) if pg_dump else None, **release(root)
    )
    for code, name in languages([own] + folders).items():
        say("language", code=code, name=name)
    # The first folder that has a module is the one that Odoo takes it from.
    seen = {}
    for folder in folders:
        for name in module_names(folder):
            seen.setdefault(name, folder)
    for name, folder in sorted(seen.items()):
        say("module", name=name, **manifest(folder, name))
    say("end", modules=len(seen))


main()
