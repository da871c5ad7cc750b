"""A tablet written from mobile_api_spec/SYNC.md alone, and what is tried with it. Only the ``test_*`` files and their builders know the server."""
