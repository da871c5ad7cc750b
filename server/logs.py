"""How the processes log: one JSON object a line, with ids, codes and counts; never a name, a place or a plaintext."""

import structlog


def configure_logs() -> None:
    """Set the form of every log line, once per process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
