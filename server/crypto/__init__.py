"""The locked room: every key and cipher of the registry, and the only importer of ``cryptography``.

Start reading at ``sealed.py`` (what sealing promises), then ``keys.py`` (whose keys there are) and
``registry.py`` (what is sealed). The reasons are in ``docs/decisions/0003-sealing.md``.
"""
