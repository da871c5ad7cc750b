"""Office pages come here; the room is empty until the pages are built."""
