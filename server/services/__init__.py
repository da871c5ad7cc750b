"""One function per thing a person can do, in their own transaction."""
