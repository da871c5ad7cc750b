"""Gunicorn's settings, for `linli serve` and deploy/linli-web.service alike; they give the address."""

# Two processes of four threads suit two cores: most of the work is waiting for PostgreSQL.
workers = 2
worker_class = "gthread"
threads = 4

# Each process opens its own database connections and keys: nothing secret is shared by forking.
preload_app = False

# Answers are short; a spreadsheet of a township takes seconds. A stopping server lets requests finish.
timeout = 120
graceful_timeout = 30
keepalive = 5

# A request that is larger than any of ours is refused before it reaches us.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# Addresses carry record ids, so there is no access log here: who saw what is in the product's own.
accesslog = None
errorlog = "-"
loglevel = "warning"

# One way to steer the server: signals.
control_socket_disable = True
