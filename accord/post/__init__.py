"""Mail: an outbox of what is to be sent, and the process that queues it, writes it and hands it over."""
