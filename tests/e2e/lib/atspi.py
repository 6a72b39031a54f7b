"""Sees and presses the browser's own windows (never page content) through the accessibility bus.

One JSON line per command on stdin, one JSON line per answer on stdout:
  {"do": "windows"}                          -> {"windows": [{"role", "name"}, ...]}   of every application
  {"do": "press", "window": W, "button": B}  -> {"pressed": true|false}   button B of the first window whose name contains W
"""
import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  (the version must be required first)


# By itself it gives up after 0.8 s, and a busy browser then looks like none. ms: a call, and the start of an application
Atspi.set_timeout(20_000, 60_000)


def children(node):
    """The children of a node; a node may vanish while we look at it."""
    try:
        found = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:
        return []
    return [child for child in found if child]


def describe(node):
    """Role and name, or None when the node has vanished."""
    try:
        return {"role": node.get_role_name(), "name": node.get_name()}
    except GLib.Error:
        return None


def windows():
    """Every window of every application. The cache is dropped: without a main loop it would answer from the past."""
    while GLib.MainContext.default().iteration(False):
        pass
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for application in children(desktop):
        application.clear_cache()
        yield from children(application)


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def press(window, button):
    for node in windows():
        if window not in (describe(node) or {}).get("name", ""):
            continue
        for part in walk(node):
            facts = describe(part)
            if facts and facts["role"] in ("push button", "button") and facts["name"] == button:
                return part.do_action(0)
    return False


for line in sys.stdin:
    command = json.loads(line)
    try:
        if command["do"] == "windows":
            answer = {"windows": [facts for facts in map(describe, windows()) if facts]}
        else:
            answer = {"pressed": press(command["window"], command["button"])}
    except GLib.Error as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
