"""The tablet app: `app/` is what runs on a tablet, `pages.py` hands it out, `vendor/` is filled by `npm ci`."""
