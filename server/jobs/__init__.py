"""Work that nobody waits for: the access log's sequencer, expiry, retention."""
