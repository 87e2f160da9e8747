bind = "0.0.0.0:8000"
# Threads, more than there are requests while a failover lasts: a waiting request must not keep a cached page waiting.
worker_class = "gthread"
workers = 2
threads = 40
# Longer than the balancer keeps an idle connection, and time to end what has begun.
keepalive = 75
graceful_timeout = 30
# The root file system is read-only.
worker_tmp_dir = "/dev/shm"
# It would be a file in a home folder, which there is not.
control_socket_disable = True
