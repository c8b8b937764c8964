"""A small window from which files can be dragged, as from a file manager: `drag.py PATH…`.

It says "ready" once it stands at the screen's corner, above other windows, and ends when what was
dragged has been dropped.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

paths = [Path(path).resolve().as_uri() for path in sys.argv[1:]]
window = Gtk.Window(title="Files to drag", decorated=False)
window.set_default_size(160, 90)
box = Gtk.EventBox()
box.add(Gtk.Label(label=f"{len(paths)} to drag"))
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris(paths))
box.connect("drag-end", lambda *_: Gtk.main_quit())
window.connect("destroy", Gtk.main_quit)
window.connect("map-event", lambda *_: print("ready", flush=True))
window.show_all()
window.move(0, 0)
window.present()
Gtk.main()
